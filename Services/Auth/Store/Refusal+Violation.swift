import Postgres

extension Refusal {
    /// The rule that a violated constraint enforces.
    init?(_ error: PostgresError) {
        if error.isUniqueViolation(of: "users_email_key") {
            self = .emailTaken
        } else if error.isUniqueViolation(of: "users_code") {
            self = .codeTaken
        } else if error.isUniqueViolation(of: "roles_tenant_id_name_key") {
            self = .roleTaken
        } else if error.isUniqueViolation(of: "tenants_name_key") {
            self = .tenantTaken
        } else {
            return nil
        }
    }
}
