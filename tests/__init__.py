"""Tests of ivr, and the scripted telephones that the demonstration and the benchmarks use."""
