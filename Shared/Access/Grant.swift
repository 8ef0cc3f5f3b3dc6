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
    /// What is assigned to the holder, and where that work is.
    case assigned
    /// What is assigned to somebody of the holder's team.
    case team
}

/// How far a permission is granted, and under which condition.
public struct GrantTerms: Hashable, Sendable {
    public var scope: GrantScope
    public var condition: GrantCondition?

    public init(_ scope: GrantScope, if condition: GrantCondition? = nil) {
        self.scope = scope
        self.condition = condition
    }

    public var isTenantWide: Bool { scope == .tenant }

    /// Whether whoever has these terms can give the others to somebody. What a person has at their sites covers what is assigned to somebody
    /// there; but where records are created, `own` reaches everywhere.
    func cover(_ other: GrantTerms, of permission: Permission) -> Bool {
        guard condition == nil || condition == other.condition else { return false }
        return switch (scope, other.scope) {
        case (.tenant, _): true
        case (.sites, .assigned), (.sites, .team): true
        case (.sites, .own): !permission.creates
        default: scope == other.scope
        }
    }
}

/// A permission, how far it reaches, and under which condition.
public struct Grant: Hashable, Sendable {
    public var permission: Permission
    public var terms: GrantTerms

    public init(_ permission: Permission, _ scope: GrantScope = .tenant, if condition: GrantCondition? = nil) {
        self.permission = permission
        terms = GrantTerms(scope, if: condition)
    }

    /// As it is stored and sent.
    public var text: GrantText {
        GrantText(permission.rawValue, terms.scope.rawValue, if: terms.condition?.rawValue)
    }
}

/// A grant as it is stored and sent.
public struct GrantText: Codable, Comparable, Hashable, Sendable, CustomStringConvertible {
    public var permission: String
    public var scope: String
    public var condition: String?

    public var description: String { "\(permission) (\(scope)\(condition.map { " if \($0)" } ?? ""))" }

    public static func < (one: GrantText, other: GrantText) -> Bool {
        (one.permission, one.scope, one.condition ?? "") < (other.permission, other.scope, other.condition ?? "")
    }

    public init(_ permission: String, _ scope: String, if condition: String? = nil) {
        self.permission = permission
        self.scope = scope
        self.condition = condition
    }
}

/// What a role permits, or several roles together.
public struct Grants: Hashable, Sendable {
    /// Every permission in a tenant: a role that has it also has those that a later version adds.
    public static let everything = "*"

    private var held: [Permission: Set<GrantTerms>] = [:]

    public init(_ grants: some Sequence<Grant> = []) {
        for grant in grants { held[grant.permission, default: []].insert(grant.terms) }
    }

    /// Grants as they are stored and sent. One that this version does not know permits nothing.
    ///
    /// - Parameter unknown: Is called with each unknown grant.
    public init(_ texts: some Sequence<GrantText>, unknown: (GrantText) -> Void) {
        for text in texts where !Permission.ofEarlierVersions.contains(text.permission) {
            let permissions =
                text.permission == Self.everything
                ? Permission.allCases.filter { !Permission.ofPlatform.contains($0) }
                : [Permission(rawValue: text.permission)].compactMap { $0 }
            let condition = text.condition.flatMap(GrantCondition.init)
            guard !permissions.isEmpty, let scope = GrantScope(rawValue: text.scope),
                (condition == nil) == (text.condition == nil)
            else {
                unknown(text)
                continue
            }
            for permission in permissions {
                held[permission, default: []].insert(GrantTerms(scope, if: condition))
            }
        }
    }

    /// Adds what another role permits.
    public mutating func formUnion(_ other: Grants) {
        if held.isEmpty {
            self = other
            return
        }
        held.merge(other.held) { $0.union($1) }
    }

    /// What is permitted, whatever the scope and the condition.
    public var permissions: Set<Permission> { Set(held.keys) }

    /// How far the permission reaches, and under which conditions; empty without it.
    public func terms(of permission: Permission) -> Set<GrantTerms> { held[permission] ?? [] }

    /// How far the permission reaches without any condition.
    public func scopes(of permission: Permission) -> Set<GrantScope> {
        Set(terms(of: permission).lazy.filter { $0.condition == nil }.map(\.scope))
    }

    /// Whether everything that the others permit is permitted here too, at least as far.
    public func cover(_ others: Grants) -> Bool {
        others.held.allSatisfy { permission, wanted in
            let held = terms(of: permission)
            return wanted.allSatisfy { other in held.contains { $0.cover(other, of: permission) } }
        }
    }
}
