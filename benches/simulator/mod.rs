//! Clusters whose true history is known, and the logs that they leave: what the judges of order and detection share.

pub(crate) mod background;
pub(crate) mod cluster;
pub(crate) mod dialect;
pub(crate) mod dice;
pub(crate) mod emit;
pub(crate) mod options;
pub(crate) mod setup;
pub(crate) mod traffic;
