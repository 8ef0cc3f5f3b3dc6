import Access
import AccessSQL
import EventSchema
import Foundation
import Identifiers
import Postgres

/// What is planned, for whom and when, in PostgreSQL.
struct ScheduleStore: Sendable {
    let database: Database

    /// How many work orders a schedule shows at most.
    static let maximumOrders = 1000
    /// How many people's shifts and time off it shows at most.
    static let maximumPeople = 300

    /// What is planned in a range, of what the caller sees; with the people who do it and, for a site, all of its people.
    func schedule(_ filter: ScheduleFilter, tenant: TenantID, within reach: Reach) async throws -> Schedule {
        let conditions = SQL.all([
            "tenant_id = \(tenant)", reach.condition(.workOrders), "status <> 'cancelled'",
            "scheduled_start < \(filter.to)",
            "COALESCE(scheduled_end, scheduled_start + interval '1 hour') > \(filter.from)",
            filter.siteId.map { "site_id = \($0)" }, filter.assignedTo.map { .isWork(of: $0) },
            filter.crewId.map { "crew_id = \($0)" },
        ])
        let rows = try await database.of(tenant).query(
            """
            SELECT * FROM work_orders WHERE \(sql: conditions)
            ORDER BY scheduled_start, id LIMIT \(Self.maximumOrders + 1)
            """
        )
        let orders: [WorkOrder] = try Array(rows.prefix(Self.maximumOrders)).decode()
        let found = try await database.of(tenant).query(
            """
            SELECT id FROM users WHERE tenant_id = \(tenant) AND (
                id = ANY(\(PostgresArray(Set(orders.flatMap(\.doers)))))
                OR is_active AND \(filter.siteId) = ANY(site_ids) AND \(sql: reach.condition(.people))
            ) ORDER BY display_name, id LIMIT \(Self.maximumPeople)
            """
        )
        let people: [UserID] = try found.map { try $0["id"] }
        return Schedule(
            orders: orders,
            people: try await facts(of: people, at: filter.siteId, in: filter.range, tenant),
            hasMore: rows.count > orders.count
        )
    }

    /// The people of a site whose workload the caller sees, with what is planned for them in a range.
    func people(
        at site: SiteID,
        in range: (TimeZone) -> Range<Int64>,
        tenant: TenantID,
        within reach: Reach
    ) async throws -> (people: [PersonFacts], zone: TimeZone) {
        let found = try await database.of(tenant).pipeline([
            "SELECT time_zone FROM sites WHERE id = \(site) AND tenant_id = \(tenant)",
            """
            SELECT id FROM users
            WHERE tenant_id = \(tenant) AND is_active AND \(site) = ANY(site_ids) AND \(sql: reach.condition(.people))
            ORDER BY display_name, id LIMIT \(Self.maximumPeople)
            """,
        ])
        let zone = TimeZone(known: try found[0].first?["time_zone"])
        let people: [UserID] = try found[1].map { try $0["id"] }
        let known = try await facts(of: people, at: site, in: range(zone), tenant)
        return (people.compactMap { known[$0] }, zone)
    }

    private func facts(
        of people: [UserID],
        at site: SiteID?,
        in range: Range<Int64>,
        _ tenant: TenantID
    ) async throws -> [UserID: PersonFacts] {
        guard !people.isEmpty else { return [:] }
        let facts = PeopleStore.facts(of: people, at: site, tenant)
        let found = try await database.of(tenant).pipeline(facts + PeopleStore.load(of: people, in: range, tenant))
        var workforce = try PeopleStore.workforce(Array(found.prefix(facts.count)))
        try PeopleStore.add(found.suffix(2), to: &workforce)
        return workforce.people
    }
}

/// What is planned in a range, and for whom.
struct Schedule: Sendable {
    var orders: [WorkOrder]
    var people: [UserID: PersonFacts]
    /// Whether there is more work in the range than is shown.
    var hasMore: Bool
}

extension ReachColumns {
    /// Of the replica `users`: a person is where they belong, and their own.
    static let people = ReachColumns(sites: "site_ids", assignees: ["id"])
}
