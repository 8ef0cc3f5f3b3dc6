/// Checks passwords: the directory that comes with this service, or an operator's own.
///
/// It does not decide a person's rights: roles are in this service's directory, found by the identity's address.
protocol IdentityProvider: Sendable {
    /// The person with this address and password, or `nil`. An unknown address takes as long as a wrong password.
    func authenticate(_ email: String, _ password: String) async throws -> Identity?
}

/// A person, as an identity provider describes them.
struct Identity: Hashable, Sendable {
    /// In lower case.
    var email: String
}
