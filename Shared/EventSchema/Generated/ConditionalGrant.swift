// Made by `make events` from Schemas/auth.role-policy.v2.avsc: edit that instead.

/// A permission that a role gives under a condition. What a reader does not know gives nothing.
public struct ConditionalGrant: Codable, Hashable, Sendable {
    /// As in `RoleGrant`.
    public var permission: String
    /// As in `RoleGrant`.
    public var scope: String
    /// In the words of the matrix of roles and features, for example `draft-only`.
    public var condition: String

    public init(
        permission: String,
        scope: String,
        condition: String
    ) {
        self.permission = permission
        self.scope = scope
        self.condition = condition
    }
}
