//! Rheobase: spiking neural networks from equations to native code in milliseconds.
