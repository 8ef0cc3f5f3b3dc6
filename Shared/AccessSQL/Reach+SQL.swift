public import Access
public import Identifiers
public import Postgres

/// The columns of a query that hold a record's place and people.
///
/// A service that has `asset` keeps a table `assets` with `id` and `parent_id`; one that has `people`, a table `users` with `id`
/// and `team_id`.
public struct ReachColumns: Sendable {
    /// The site's id.
    public var site: SQL?
    /// An array of sites' ids, of a record that belongs to several.
    public var sites: SQL?
    /// The asset's id.
    public var asset: SQL?
    /// The ids of those who created the record or take part in it.
    public var owners: [SQL]
    /// The ids of its assignees.
    public var assignees: [SQL]
    /// Whether work on the record is assigned to a person, for records that have no assignee of their own, such as an asset.
    public var isWorkOf: (@Sendable (UserID) -> SQL)?
    /// The conditions of grants that a record meets or not, each as a condition of the query. A grant with another condition reaches nothing.
    public var conditions: [GrantCondition: SQL]

    public init(
        site: SQL? = nil,
        sites: SQL? = nil,
        asset: SQL? = nil,
        owners: [SQL] = [],
        assignees: [SQL] = [],
        isWorkOf: (@Sendable (UserID) -> SQL)? = nil,
        conditions: [GrantCondition: SQL] = [:]
    ) {
        self.isWorkOf = isWorkOf
        self.conditions = conditions
        self.site = site
        self.sites = sites
        self.asset = asset
        self.owners = owners
        self.assignees = assignees
    }
}

extension Reach {
    /// The condition for the WHERE of a query, besides the tenant. A scope without a column reaches nothing.
    public func condition(_ columns: ReachColumns) -> SQL {
        switch self {
        case .none: "false"
        case .tenant: "true"
        case .places(let places): places.condition(columns)
        case .both(let one, let other):
            "(\(sql: one.condition(columns)) AND \(sql: other.condition(columns)))"
        case .either(let one, let other):
            "(\(sql: one.condition(columns)) OR \(sql: other.condition(columns)))"
        case .when(let condition, let reach):
            if let met = columns.conditions[condition] {
                "(\(sql: met) AND \(sql: reach.condition(columns)))"
            } else {
                "false"
            }
        }
    }
}

extension ChangeReach {
    /// Whether somebody may see the record, or change it at all.
    public func isVisible(_ columns: ReachColumns) -> SQL {
        switch (see, change) {
        case (.tenant, _), (_, .tenant): "true"
        default: "(\(sql: see.condition(columns)) OR \(sql: change.condition(columns)))"
        }
    }

    /// Whether they may change it: true or false, also where the record has no site, asset or assignee.
    public func isWithin(_ columns: ReachColumns) -> SQL { "COALESCE(\(sql: change.condition(columns)), false)" }
}

extension Places {
    fileprivate func condition(_ columns: ReachColumns) -> SQL {
        var ways: [SQL] = []
        if let column = columns.site, !sites.isEmpty {
            ways.append("\(sql: column) = ANY(\(PostgresArray(sites)))")
        }
        if let column = columns.sites, !sites.isEmpty {
            ways.append("\(sql: column) && \(PostgresArray(sites))")
        }
        if let column = columns.asset, !assets.isEmpty {
            ways.append(
                "\(sql: column) IN (\(sql: .assets(below: "SELECT id FROM assets WHERE id = ANY(\(PostgresArray(assets)))")))"
            )
        }
        if let user {
            ways += (columns.owners + columns.assignees).map { "\(sql: $0) = \(user)" }
        }
        if let assignee {
            ways += columns.assignees.map { "\(sql: $0) = \(assignee)" }
            if let isWorkOf = columns.isWorkOf { ways.append(isWorkOf(assignee)) }
        }
        if let team {
            ways += columns.assignees.map { "\(sql: $0) IN (SELECT id FROM users WHERE team_id = \(team))" }
        }
        guard var condition = ways.first else { return "false" }
        for way in ways.dropFirst() { condition = "\(sql: condition) OR \(sql: way)" }
        return "(\(sql: condition))"
    }
}

extension SQL {
    /// Of a replica of assets with the column `type`: the types that people write for battery energy storage systems.
    public static let isBattery: SQL = "type IN ('bess', 'battery')"

    /// A query of assets and all below them. UNION, not UNION ALL: a replica may hold a cycle for a moment, between two
    /// moves of which it has received one.
    ///
    /// - Parameter start: A query of the topmost ones, with one column `id`.
    public static func assets(below start: SQL) -> SQL {
        """
        WITH RECURSIVE below AS (
            \(sql: start)
            UNION SELECT a.id FROM assets a JOIN below b ON a.parent_id = b.id
        ) SELECT id FROM below
        """
    }
}
