"""The rules of the trade: pure, columnar, no clock, no dice, no Django."""
