//! Cases of pages that use an API of another origin: their form, their servers, what has to come of
//! each, and what the model of a browser does. Two test crates use it: one with the model alone, one
//! with real browsers.

#![allow(dead_code, reason = "no test crate uses all of it")]

pub(crate) mod app;
pub(crate) mod case;
pub(crate) mod check;
pub(crate) mod model;
pub(crate) mod places;
pub(crate) mod read;
pub(crate) mod site;
