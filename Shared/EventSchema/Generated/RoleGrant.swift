// Made by `make events` from Schemas/auth.role-policy.v2.avsc: edit that instead.

/// A permission that a role gives, and how far it reaches. What a reader does not know gives nothing.
public struct RoleGrant: Codable, Hashable, Sendable {
    /// As `resource:action`, for example `workorder:create`; `*` stands for every permission that the reader knows.
    public var permission: String
    /// `tenant`, `sites`, `assets`, `own`, `assigned` or `team`: of the holder, whose state says where they belong.
    public var scope: String

    public init(
        permission: String,
        scope: String
    ) {
        self.permission = permission
        self.scope = scope
    }
}
