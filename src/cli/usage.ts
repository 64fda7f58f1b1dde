import { CommanderError, InvalidArgumentError } from 'commander';
import { exitCodes } from './exit-codes';

/** The error for a command line that can't be meant. It ends the process with exit code 2. */
export function usageError(message: string): CommanderError {
  return new CommanderError(exitCodes.usage, 'slipway.usage', message);
}

/** Parses an option that is a whole number in [`min`, `max`]. */
export function wholeNumber(min: number, max = Number.MAX_SAFE_INTEGER): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (!/^\d+$/.test(text) || value < min || value > max) {
      const range = max === Number.MAX_SAFE_INTEGER ? `from ${min} on` : `from ${min} to ${max}`;
      throw new InvalidArgumentError(`It must be a whole number ${range}.`);
    }
    return value;
  };
}

/** Parses a time in seconds, fractions allowed, into ms. */
export function seconds(text: string): number {
  const value = Number(text);
  if (!/^\d+(\.\d+)?$/.test(text) || value > 86_400) {
    throw new InvalidArgumentError('It must be a number of seconds.');
  }
  return Math.round(value * 1000);
}

/** Parses a probability. */
export function probability(text: string): number {
  const value = Number(text);
  if (!/^\d*\.?\d+$/.test(text) || value > 1) throw new InvalidArgumentError('It must be from 0 to 1.');
  return value;
}

/** Collects an option that may be given several times. */
export function collect(text: string, before: readonly string[] | undefined): readonly string[] {
  return [...(before ?? []), text];
}
