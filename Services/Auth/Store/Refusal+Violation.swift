import Postgres

extension Refusal {
    /// The rule that a violated constraint enforces.
    init?(_ error: PostgresError) {
        guard error.isUniqueViolation(of: "users_email_key") else { return nil }
        self = .emailTaken
    }
}
