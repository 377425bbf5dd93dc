//! State and time: populations, synapses, delays, random numbers, threads.
