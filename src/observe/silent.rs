//! Without the feature `tracing`: nobody is told.

use crate::policy::decision::Decision;

#[inline(always)]
pub(crate) fn are_wanted() -> bool {
    false
}

pub(crate) fn decisions_are_wanted() -> bool {
    false
}

pub(crate) fn decided(_: &Decision<'_>, _: impl FnOnce() -> bool) {}

pub(crate) fn inner_headers_were_removed() {}

pub(crate) fn errors_are_wanted() -> bool {
    false
}

pub(crate) fn inner_service_failed() {}
