import Postgres

/// The passwords in this service's own directory.
struct BuiltInIdentities: IdentityProvider {
    let database: Database

    func authenticate(_ email: String, _ password: String) async throws -> Identity? {
        let email = email.lowercased()
        let row = try await database.ofEveryTenant.first("SELECT password_hash FROM users WHERE email = \(email)")
        let hash: String? = try row?["password_hash"]
        guard try await Password.matches(password, hash ?? Self.nobody), hash != nil else { return nil }
        return Identity(email: email)
    }

    /// A hash that matches no password, so that an unknown address takes as long as a wrong password.
    private static let nobody =
        "scrypt$32768$8$1$AAAAAAAAAAAAAAAAAAAAAA==$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="
}
