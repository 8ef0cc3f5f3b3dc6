public import Identifiers

/// A person's sites, assets and team, which the scopes of their roles' grants refer to.
public struct Membership: Hashable, Sendable {
    public var sites: Set<SiteID>
    /// Each includes everything below it.
    public var assets: Set<AssetID>
    public var team: TeamID?

    public init(sites: Set<SiteID> = [], assets: Set<AssetID> = [], team: TeamID? = nil) {
        self.sites = sites
        self.assets = assets
        self.team = team
    }
}

/// What a person may do, and in which scope: their roles' grants together, and where they belong.
public struct Authority: Hashable, Sendable {
    public let user: UserID
    public let grants: Grants
    public let membership: Membership

    public init(user: UserID, grants: Grants, membership: Membership = Membership()) {
        self.user = user
        self.grants = grants
        self.membership = membership
    }

    /// Whether the person has the permission in any scope, also under a condition.
    public func has(_ permission: Permission) -> Bool { !grants.terms(of: permission).isEmpty }

    /// What the person may use the permission on.
    public func reach(of permission: Permission) -> Reach {
        let terms = grants.terms(of: permission)
        let free = reach(terms.lazy.filter { $0.condition == nil }.map(\.scope))
        // Without the conditions that are of no use, and in one order, so that equal grants have equal reaches.
        return GrantCondition.allCases.reduce(free) { reach, condition in
            reach.union(self.reach(terms.lazy.filter { $0.condition == condition }.map(\.scope)).provided(condition))
        }
    }

    private func reach(_ scopes: some Sequence<GrantScope>) -> Reach {
        var places = Places()
        for scope in scopes {
            switch scope {
            case .tenant: return .tenant
            case .sites: places.sites = membership.sites
            case .assets: places.assets = membership.assets
            case .own: places.user = user
            case .assigned: places.assignee = user
            case .team: places.team = membership.team
            }
        }
        return places == Places() ? .none : .places(places)
    }
}

extension Authority {
    /// What the person may use all of the permissions on.
    public func reach(of permissions: some Sequence<Permission>) -> Reach {
        permissions.reduce(.tenant) { $0.intersection(reach(of: $1)) }
    }

    /// For a change of an existing record.
    public func reach(toChangeBy permissions: some Sequence<Permission>, seenBy permission: Permission) -> ChangeReach {
        ChangeReach(change: reach(of: permissions), see: reach(of: permission))
    }
}

/// What a person may change and see: a change of what they only see is refused with that reason, and everything else does not
/// exist for them.
public struct ChangeReach: Hashable, Sendable {
    public var change: Reach
    public var see: Reach

    /// Of the system itself.
    public static let tenant = ChangeReach(change: .tenant, see: .tenant)

    public init(change: Reach, see: Reach) {
        self.change = change
        self.see = see
    }
}

/// A part of a tenant's records: everything that is in one of the places or belongs to one of the people.
public struct Places: Hashable, Sendable {
    public var sites: Set<SiteID>
    /// With everything below them.
    public var assets: Set<AssetID>
    /// The person whose own records are included.
    public var user: UserID?
    /// The person whose assigned work is included, with its place.
    public var assignee: UserID?
    /// The team whose members' records are included.
    public var team: TeamID?

    public init(
        sites: Set<SiteID> = [],
        assets: Set<AssetID> = [],
        user: UserID? = nil,
        assignee: UserID? = nil,
        team: TeamID? = nil
    ) {
        self.sites = sites
        self.assets = assets
        self.user = user
        self.assignee = assignee
        self.team = team
    }
}

/// The records that a person may use a permission on. Each service makes it a condition of its queries.
public indirect enum Reach: Hashable, Sendable {
    /// Nothing.
    case none
    /// Everything of the tenant.
    case tenant
    case places(Places)
    /// The intersection: what needs two permissions must be within the reach of both.
    case both(Reach, Reach)
    case either(Reach, Reach)
    /// Only records, or changes of them, that meet a condition.
    case when(GrantCondition, Reach)

    /// Where a person may create records: a new record is its creator's own, so a reach over one's own records allows it anywhere.
    public var ofNew: Reach {
        switch self {
        case .none, .tenant: self
        case .places(let places): places.user == nil ? self : .tenant
        case .both(let one, let other): one.ofNew.intersection(other.ofNew)
        case .either(let one, let other): one.ofNew.union(other.ofNew)
        case .when(let condition, let reach): reach.ofNew.provided(condition)
        }
    }

    /// What two permissions together reach.
    public func intersection(_ other: Reach) -> Reach {
        switch (self, other) {
        case (.none, _), (_, .none): .none
        case (.tenant, let rest), (let rest, .tenant): rest
        case _ where self == other: self
        default: .both(self, other)
        }
    }

    /// What one grant or another reaches.
    public func union(_ other: Reach) -> Reach {
        switch (self, other) {
        case (.none, let rest), (let rest, .none): rest
        case (.tenant, _), (_, .tenant): .tenant
        case _ where self == other: self
        default: .either(self, other)
        }
    }

    /// The part of it that meets a condition.
    func provided(_ condition: GrantCondition) -> Reach { self == .none ? .none : .when(condition, self) }

    /// The reach, once some of its conditions are decided.
    ///
    /// - Parameter holds: Whether a condition is met; `nil` when that depends on the record.
    public func given(_ holds: (GrantCondition) -> Bool?) -> Reach {
        switch self {
        case .none, .tenant, .places: self
        case .both(let one, let other): one.given(holds).intersection(other.given(holds))
        case .either(let one, let other): one.given(holds).union(other.given(holds))
        case .when(let condition, let reach):
            switch holds(condition) {
            case true?: reach.given(holds)
            case false?: .none
            case nil: reach.given(holds).provided(condition)
            }
        }
    }

    /// The conditions that it depends on.
    public var conditions: Set<GrantCondition> {
        switch self {
        case .none, .tenant, .places: []
        case .both(let one, let other), .either(let one, let other): one.conditions.union(other.conditions)
        case .when(let condition, let reach): reach.conditions.union([condition])
        }
    }
}
