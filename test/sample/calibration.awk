# Temperature in milli-degrees Celsius for every reading of the 14-bit converter: a 10 kΩ NTC thermistor
# (B = 3950 K) below a 10 kΩ resistor.
BEGIN {
    readings = 16384
    for (reading = 0; reading < readings; reading++) {
        ratio = (reading + 0.5) / readings
        ohms = 10000 * ratio / (1 - ratio)
        kelvin = 1 / (1 / 298.15 + log(ohms / 10000) / 3950)
        printf "%d,%s", (kelvin - 273.15) * 1000, reading % 12 == 11 ? "\n" : " "
    }
}
