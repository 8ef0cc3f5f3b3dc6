/// The scope of a permission that a role grants.
public enum GrantScope: String, CaseIterable, Codable, Hashable, Sendable {
    /// Everything of the tenant.
    case tenant
    /// What belongs to one of the holder's sites.
    case sites
    /// The holder's assets, and everything below them.
    case assets
    /// What the holder created, or what is assigned to them.
    case own
    /// What is assigned to somebody of the holder's team.
    case team
}

/// A permission and its scope.
public struct Grant: Hashable, Sendable {
    public var permission: Permission
    public var scope: GrantScope

    public init(_ permission: Permission, _ scope: GrantScope = .tenant) {
        self.permission = permission
        self.scope = scope
    }
}

/// What a role permits, or several roles together.
public struct Grants: Hashable, Sendable {
    /// Every permission in a tenant: a role that has it also has those that a later version adds.
    public static let everything = "*"

    private var scopes: [Permission: Set<GrantScope>] = [:]

    public init(_ grants: some Sequence<Grant> = []) {
        for grant in grants { scopes[grant.permission, default: []].insert(grant.scope) }
    }

    /// Grants as they are stored and sent, permission and scope. A grant that this version does not know permits nothing.
    ///
    /// - Parameter unknown: Is called with each unknown grant.
    public init(
        _ texts: some Sequence<(String, String)>,
        unknown: (_ permission: String, _ scope: String) -> Void
    ) {
        for (permission, scope) in texts {
            let permissions =
                permission == Self.everything
                ? Permission.allCases.filter { !Permission.ofPlatform.contains($0) }
                : [Permission(rawValue: permission)].compactMap { $0 }
            guard !permissions.isEmpty, let known = GrantScope(rawValue: scope) else {
                unknown(permission, scope)
                continue
            }
            for permission in permissions { scopes[permission, default: []].insert(known) }
        }
    }

    /// Adds what another role permits.
    public mutating func formUnion(_ other: Grants) {
        if scopes.isEmpty {
            self = other
            return
        }
        scopes.merge(other.scopes) { $0.union($1) }
    }

    /// What is permitted, whatever the scope.
    public var permissions: Set<Permission> { Set(scopes.keys) }

    /// How far the permission reaches; empty without it.
    public func scopes(of permission: Permission) -> Set<GrantScope> { scopes[permission] ?? [] }

    /// Whether everything that the others permit is permitted here too, at least as far.
    public func cover(_ others: Grants) -> Bool {
        others.scopes.allSatisfy { permission, wanted in
            let held = scopes(of: permission)
            return held.contains(.tenant) || held.isSuperset(of: wanted)
        }
    }
}
