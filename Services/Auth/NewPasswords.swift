/// Checks and hashes the passwords that people choose.
struct NewPasswords: Sendable {
    let common: CommonPasswords
    let tenants: Tenants

    /// The hash of a new password, before the transaction that stores it: hashing is slow on purpose.
    ///
    /// - Throws: ``Refusal/weakPassword(field:_:)`` that names the field.
    func hash(_ password: String, of user: User, field: String = "password") async throws -> String {
        let tenant = try await tenants.find(user.tenant)
        let names = [user.email, user.displayName, tenant?.name, "dCMMS"].compactMap(\.self)
        if let fault = WeakPassword(password, names: names, isCommon: common.contains) {
            throw Refusal.weakPassword(field: field, fault)
        }
        return try await Password.hash(password)
    }
}
