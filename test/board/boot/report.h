#ifndef REPORT_H
#define REPORT_H

/* A line on the console, of two parts. */
void report(const char *what, const char *detail);

#endif
