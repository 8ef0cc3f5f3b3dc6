/// Checks passwords: this service's own directory, or an operator's.
///
/// It does not decide what a person can do: roles are in this service's directory, under the identity's address.
protocol IdentityProvider: Sendable {
    /// The person with this address and password, or `nil`. An unknown address takes as long as a wrong password.
    func authenticate(_ email: String, _ password: String) async throws -> Identity?
}

/// A person, as an identity provider describes them.
struct Identity: Hashable, Sendable {
    /// In lower case.
    var email: String
}
