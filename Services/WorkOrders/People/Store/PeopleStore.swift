import Access
import AccessSQL
import EventSchema
import Foundation
import Identifiers
import Postgres

/// What is known of the people who do work, for decisions about it.
struct PeopleStore: Sendable {
    let database: Database

    // MARK: - What forbids

    /// What decides whether people may do work at a site.
    static func facts(of people: some Collection<UserID>, at site: SiteID?, _ tenant: TenantID) -> [SQL] {
        let ids = PostgresArray(people)
        return [
            "SELECT time_zone FROM sites WHERE id = \(site) AND tenant_id = \(tenant)",
            "SELECT name FROM skills WHERE tenant_id = \(tenant) AND needs_certificate",
            """
            SELECT id, display_name, is_active, site_ids, skills FROM users
            WHERE id = ANY(\(ids)) AND tenant_id = \(tenant)
            """,
            """
            SELECT person_id, skill, valid_until FROM certificates
            WHERE person_id = ANY(\(ids)) AND tenant_id = \(tenant) AND status = 'active'
            """,
            """
            SELECT person_id, first_day, last_day FROM time_off
            WHERE person_id = ANY(\(ids)) AND tenant_id = \(tenant) AND status = 'approved'
            """,
        ]
    }

    static func workforce(_ found: [[Row]]) throws -> Workforce {
        var workforce = Workforce(zone: TimeZone(known: try found[0].first?["time_zone"]))
        for row in found[1] { workforce.certified.insert((try row["name"] as String).lowercased()) }
        for row in found[2] {
            let id: UserID = try row["id"]
            let (sites, skills): (PostgresArray<SiteID>, PostgresArray<String>) = (
                try row["site_ids"], try row["skills"]
            )
            workforce.people[id] = PersonFacts(
                id: id,
                name: try row["display_name"] ?? id.description,
                isActive: try row["is_active"],
                sites: Set(sites.elements),
                skills: skills.elements
            )
        }
        for row in found[3] {
            let held = PersonFacts.HeldCertificate(skill: try row["skill"], validUntil: try row["valid_until"])
            workforce.people[try row["person_id"]]?.certificates.append(held)
        }
        for row in found[4] {
            let days = DaySpan(first: try row["first_day"], last: try row["last_day"])
            workforce.people[try row["person_id"]]?.timeOff.append(days)
        }
        return workforce
    }

    // MARK: - What people are warned of

    /// The shifts that people are on in a range, and what is planned for them in it.
    static func load(of people: some Collection<UserID>, in range: Range<Int64>, _ tenant: TenantID) -> [SQL] {
        let ids = PostgresArray(people)
        let (start, end) = (
            Date(timeIntervalSince1970: Double(range.lowerBound)), Date(timeIntervalSince1970: Double(range.upperBound))
        )
        return [
            """
            SELECT p.person, h.hours, h.is_on_call, z.time_zone, t.first_day, t.last_day
            FROM shift_turns t JOIN shifts h ON h.id = t.shift_id AND h.tenant_id = t.tenant_id
            LEFT JOIN sites z ON z.id = h.site_id AND z.tenant_id = t.tenant_id
            LEFT JOIN crews c ON c.id = t.crew_id AND c.tenant_id = t.tenant_id
            CROSS JOIN LATERAL unnest(COALESCE(c.member_ids, ARRAY[t.person_id])) AS p (person)
            WHERE t.tenant_id = \(tenant) AND p.person = ANY(\(ids))
            ORDER BY t.id
            """,
            """
            SELECT id, number, assigned_to, crew_members, scheduled_start, scheduled_end FROM work_orders
            WHERE tenant_id = \(tenant) AND \(sql: .isUnclosed) AND scheduled_start < \(end)
                AND COALESCE(scheduled_end, scheduled_start + interval '1 hour') > \(start)
                AND (assigned_to = ANY(\(ids)) OR crew_members && \(ids))
            ORDER BY scheduled_start, id
            """,
        ]
    }

    static func add(_ found: ArraySlice<[Row]>, to workforce: inout Workforce) throws {
        let (turns, work) = (found[found.startIndex], found[found.startIndex + 1])
        for row in turns {
            let turn = PersonFacts.Turn(
                calendar: WorkCalendar(
                    hours: try (row["hours"] as JSONB).decoded(),
                    zone: TimeZone(known: try row["time_zone"])
                ),
                isOnCall: try row["is_on_call"],
                first: try row["first_day"],
                last: try row["last_day"]
            )
            workforce.people[try row["person"]]?.turns.append(turn)
        }
        for row in work {
            let members: PostgresArray<UserID> = try row["crew_members"]
            let planned = PlannedWork(
                start: try row["scheduled_start"],
                end: try row["scheduled_end"],
                doers: Set(members.elements + [try row["assigned_to"] as UserID?].compactMap(\.self))
            )
            let booking = PersonFacts.Booking(order: try row["id"], number: try row["number"], window: planned.window)
            for person in planned.doers { workforce.people[person]?.bookings.append(booking) }
        }
    }

    // MARK: - Candidates

    /// How many people of a site are looked at.
    static let maximumCandidates = 300

    /// The people of a site, those who belong to no site in particular, and those who have the work already: what speaks against each.
    ///
    /// - Parameter window: When the work is planned for, if it is.
    func candidates(
        for order: WorkOrder,
        in window: Range<Int64>?,
        under rules: AttributeRules,
        at now: Date
    ) async throws -> [Candidate] {
        let people: [UserID] = try await database.of(order.tenant).query(
            """
            SELECT id FROM users WHERE tenant_id = \(order.tenant) AND (
                is_active AND (\(order.site) = ANY(site_ids) OR site_ids = '{}') OR id = ANY(\(PostgresArray(order.doers)))
            ) ORDER BY display_name, id LIMIT \(Self.maximumCandidates)
            """
        ).map { try $0["id"] }
        let facts = Self.facts(of: people, at: order.site, order.tenant)
        // Their week, and a day on both sides for any clock.
        let range = window.map { $0.lowerBound - 9 * 86_400..<$0.upperBound + 9 * 86_400 } ?? 0..<1
        let found = try await database.of(order.tenant).pipeline(facts + Self.load(of: people, in: range, order.tenant))
        var workforce = try Self.workforce(Array(found.prefix(facts.count)))
        try Self.add(found.suffix(2), to: &workforce)
        let job = order.job(in: window, by: workforce, under: rules, at: now)
        return people.compactMap { workforce.people[$0] }.map { Candidate($0, for: job) }.sorted {
            ($0.obstacles, $0.reasons.count, $0.name, $0.id.description)
                < ($1.obstacles, $1.reasons.count, $1.name, $1.id.description)
        }
    }
}

/// Planned work of people.
private struct PlannedWork {
    var start: Date
    var end: Date?
    var doers: Set<UserID>

    var window: Range<Int64> {
        let first = Int64(start.timeIntervalSince1970.rounded(.down))
        let last = end.map { Int64($0.timeIntervalSince1970.rounded(.up)) } ?? first + 3600
        return first..<max(last, first + 1)
    }
}

/// Somebody who could do a work order, and what speaks against it.
struct Candidate: Sendable {
    var id: UserID
    var name: String
    var reasons: [(reason: Ineligibility, forbids: Bool)]

    init(_ person: PersonFacts, for job: Job) {
        (id, name) = (person.id, person.name)
        reasons = person.reasons(against: job).map { ($0, $0.forbids(job)) }
    }

    /// How many of the reasons forbid it.
    var obstacles: Int { reasons.count { $0.forbids } }
}
