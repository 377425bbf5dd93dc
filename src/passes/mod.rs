//! Network to plan: the passes in one visible table, a verifier between them.
