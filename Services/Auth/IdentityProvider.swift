/// Who says whose password it is: the directory that comes with this service, or an operator's own.
///
/// What a person may do is not its business: roles stand in this service's directory, found by the identity's address.
protocol IdentityProvider: Sendable {
    /// Who logs in with that; `nil` when nobody does. An address that nobody has takes as long as a wrong password.
    func authenticate(_ email: String, _ password: String) async throws -> Identity?
}

/// A person, as an identity provider knows them.
struct Identity: Hashable, Sendable {
    /// In lower case.
    var email: String
}
