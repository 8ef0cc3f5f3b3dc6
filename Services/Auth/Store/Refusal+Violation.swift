import Postgres

extension Refusal {
    /// The refusal for a violated constraint.
    init?(_ error: PostgresError) {
        guard error.isUniqueViolation(of: "users_email_key") else { return nil }
        self = .emailTaken
    }
}
