//! Where a [`Policy`] starts: with a rule, or complete.

use super::check::CheckedRule;
use super::compile::compile;
use super::entry::Entries;
use super::reach::Checked;
use super::settings::RuleSettings;
use super::{MayBeCredentialed, PolicyBuilder, Uncredentialed};
use crate::config::{ANY, RuleConfig};
use crate::origin::{Origin, OriginPattern};
use crate::policy::Policy;

impl Policy {
    /// Starts a rule that covers these origins. They are [patterns](OriginPattern#syntax), as text
    /// or parsed.
    ///
    /// ```
    /// use tower_cors::{OriginPattern, Policy};
    ///
    /// const APP: OriginPattern = OriginPattern::from_static("https://app.example.com");
    ///
    /// let from_environment = String::from("https://staging.example.com, http://localhost:*");
    /// let policy = Policy::allow_origins(from_environment.split(','))
    ///     .allow_origins([APP])
    ///     .build()?;
    /// assert!(policy.allows_origin("http://localhost:5173"));
    /// # Ok::<(), tower_cors::BuildError>(())
    /// ```
    pub fn allow_origins<I>(origins: I) -> PolicyBuilder<MayBeCredentialed>
    where
        I: Entries<OriginPattern>,
    {
        PolicyBuilder::new(RuleSettings::default()).allow_origins(origins)
    }

    /// Starts a rule that covers the origins for which a closure returns `true`: see
    /// [`PolicyBuilder::allow_origins_by`].
    pub fn allow_origins_by<F>(allows: F) -> PolicyBuilder<MayBeCredentialed>
    where
        F: Fn(&Origin<'_>) -> bool + Send + Sync + 'static,
    {
        PolicyBuilder::new(RuleSettings::default()).allow_origins_by(allows)
    }

    /// Starts a rule that covers any origin: a public API.
    ///
    /// Every response then carries `Access-Control-Allow-Origin: *`, and no `Vary` for it.
    /// Such a rule cannot allow credentials:
    ///
    /// ```compile_fail,E0277
    /// use tower_cors::Policy;
    ///
    /// Policy::allow_any_origin().allow_credentials().build();
    /// ```
    ///
    /// # Security
    ///
    /// Any web page can read what its visitor's browser can reach, also on a private network or on
    /// the visitor's own machine, where nothing but the network may protect it.
    pub fn allow_any_origin() -> PolicyBuilder<Uncredentialed> {
        PolicyBuilder::new(RuleSettings { any_origin: true, ..RuleSettings::default() })
    }

    /// Starts a rule that covers any [`Origin`] and sends each back by name, so that it can allow
    /// credentials. It never covers `null`, nor text that is not an origin.
    ///
    /// ```
    /// use tower_cors::Policy;
    ///
    /// let policy = Policy::dangerously_mirror_any_origin().allow_credentials().build()?;
    /// assert!(policy.allows_origin("http://anybody.example"));
    /// assert!(!policy.allows_origin("null"));
    /// # Ok::<(), tower_cors::BuildError>(())
    /// ```
    ///
    /// # Security
    ///
    /// With credentials, any web page can do everything that its visitors can do here. Without,
    /// it is as safe as [`allow_any_origin`](Self::allow_any_origin), which is simpler and can be
    /// cached.
    pub fn dangerously_mirror_any_origin() -> PolicyBuilder<MayBeCredentialed> {
        let mut rule = RuleSettings::default();
        rule.config.dangerously_mirror_any_origin = true;
        PolicyBuilder::new(rule)
    }

    /// Starts a rule that covers the origin `null`: see
    /// [`PolicyBuilder::dangerously_allow_null_origin`].
    ///
    /// # Security
    ///
    /// Any page can make a frame with this origin, so this allows every page.
    pub fn dangerously_allow_null_origin() -> PolicyBuilder<MayBeCredentialed> {
        PolicyBuilder::new(RuleSettings::default()).dangerously_allow_null_origin()
    }

    /// The policy that allows any origin, any method and any header, exposes every header, and
    /// allows no credentials: for public APIs. There is nothing to set, so nothing can be wrong.
    ///
    /// ```
    /// use tower_cors::Policy;
    ///
    /// let by_setters = Policy::allow_any_origin()
    ///     .allow_any_method()
    ///     .allow_any_header()
    ///     .expose_any_header()
    ///     .build()?;
    /// assert_eq!(Policy::permissive(), by_setters);
    /// # Ok::<(), tower_cors::BuildError>(())
    /// ```
    ///
    /// # Security
    ///
    /// Any web page can send every request to, and read every response of, what its visitor's
    /// browser can reach. That is fine for what everybody can reach anyway. It is not for a server
    /// on the visitor's own machine or network, which pages would otherwise not get at.
    #[must_use]
    pub fn permissive() -> Self {
        let any = || vec![ANY.to_owned()];
        let rule = CheckedRule::new(RuleConfig {
            allow_origins: any(),
            allow_methods: any(),
            allow_headers: any(),
            expose_headers: any(),
            ..RuleConfig::default()
        });
        compile(Checked::new(vec![rule]))
    }

    /// The policy that allows no origin: preflights are refused, and responses get no
    /// `Access-Control-*` header, nor keep one that the application set.
    ///
    /// Under [`disabled`](Self::disabled), in contrast, the application answers preflights, and its
    /// own headers stand.
    ///
    /// ```
    /// use tower_cors::Policy;
    ///
    /// assert!(!Policy::deny_all().allows_origin("https://app.example.com"));
    /// ```
    #[must_use]
    pub fn deny_all() -> Self {
        compile(Checked::new(Vec::new()))
    }
}
