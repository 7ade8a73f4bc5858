//! Analysis and case as documents.
