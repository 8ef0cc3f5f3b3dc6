import Access
import EventSchema
import Foundation
import HTTPTypes
import Identifiers
import Messaging
import Postgres
import TestSupport
import Testing

@testable import WorkOrders

/// Who can do work, and what speaks against it.
@Suite struct EligibilityTests {
    static let paris = TimeZone(identifier: "Europe/Paris")!
    private static let site = AssetReplica.inverter.site

    private static func day(_ text: String) -> LocalDay { LocalDay(rawValue: text)! }

    private static func seconds(_ text: String) -> Int64 { Int64(Date(rfc3339: text)!.timeIntervalSince1970) }

    private static func job(_ from: String, _ until: String, _ skills: [String] = []) -> Job {
        Job(
            site: site,
            zone: paris,
            skills: skills,
            window: seconds(from)..<seconds(until),
            now: seconds(from),
            certified: ["high voltage"]
        )
    }

    private static func turn(
        _ days: [Weekday],
        _ from: Int,
        _ until: Int,
        from first: String = "2026-01-01",
        to last: String? = nil
    ) -> PersonFacts.Turn {
        PersonFacts.Turn(
            calendar: WorkCalendar(hours: WorkHours(days: days, from: from, until: until), zone: paris),
            isOnCall: false,
            first: day(first),
            last: last.map(day)
        )
    }

    private static let anna = PersonFacts(id: .anna, name: "Anna")

    @Test func everyReasonIsNamed() {
        // Monday, 8 to 12 in Paris.
        let job = Self.job("2026-06-01T06:00:00Z", "2026-06-01T10:00:00Z", ["High voltage", "crane"])
        var person = Self.anna
        #expect(
            person.reasons(against: job) == [
                .certificateMissing("High voltage"), .skillMissing("crane"),
            ]
        )
        #expect(person.obstacles(to: job) == [.certificateMissing("High voltage")])
        person.skills = ["CRANE"]
        person.certificates = [.init(skill: "high voltage", validUntil: Self.day("2026-05-31"))]
        #expect(
            person.reasons(against: job) == [
                .certificateExpired("High voltage", Self.day("2026-05-31"))
            ]
        )
        person.certificates.append(.init(skill: "High voltage", validUntil: Self.day("2026-06-01")))
        #expect(person.reasons(against: job) == [])
        person.isActive = false
        person.sites = [.sample(31)]
        person.timeOff = [DaySpan(first: Self.day("2026-06-01"), last: Self.day("2026-06-03"))]
        person.turns = [Self.turn([.monday], 600, 660)]
        person.bookings = [
            .init(order: .sample(1), number: "WO-1", window: job.window!),
            .init(order: .sample(2), number: "WO-2", window: job.window!.upperBound..<job.window!.upperBound + 60),
        ]
        #expect(
            person.reasons(against: job) == [
                .inactive, .outsideSite, .timeOff(person.timeOff[0]), .outsideShift, .doubleBooked(number: "WO-1"),
                // Both, and the job; and they have no hours at all in the week.
                .overloaded(planned: 481, available: 0),
            ]
        )
        var own = job
        own.order = .sample(1)
        #expect(!person.reasons(against: own).contains(.doubleBooked(number: "WO-1")))
    }

    /// Where the rule is switched on, a missing skill forbids the work.
    @Test func theOrganizationsRuleDecidesAboutSkills() {
        var job = Self.job("2026-06-01T06:00:00Z", "2026-06-01T10:00:00Z", ["crane"])
        #expect(Self.anna.obstacles(to: job) == [])
        job.requiresSkills = true
        #expect(Self.anna.obstacles(to: job) == [.skillMissing("crane")])
    }

    /// A day ends by the clock of the site where the work is.
    @Test func aCertificateEndsWithItsLastDayAtTheSite() {
        var person = Self.anna
        person.certificates = [.init(skill: "high voltage", validUntil: Self.day("2026-06-01"))]
        let night = Self.job("2026-06-01T20:00:00Z", "2026-06-01T22:00:00Z", ["high voltage"])
        #expect(person.reasons(against: night) == [])
        let later = Self.job("2026-06-01T20:00:00Z", "2026-06-01T22:00:01Z", ["high voltage"])
        #expect(person.reasons(against: later) == [.certificateExpired("high voltage", Self.day("2026-06-01"))])
        var west = later
        west.zone = TimeZone(identifier: "America/New_York")!
        #expect(person.reasons(against: west) == [])
    }

    @Test func shiftsGoPastMidnight() {
        var person = Self.anna
        // Sunday night only, until its last turn.
        person.turns = [Self.turn([.sunday], 22 * 60, 6 * 60, to: "2026-05-31")]
        let morning = Self.job("2026-06-01T02:00:00Z", "2026-06-01T04:00:00Z")
        #expect(person.reasons(against: morning) == [])
        #expect(person.reasons(against: Self.job("2026-06-01T02:00:00Z", "2026-06-01T04:01:00Z")) == [.outsideShift])
        #expect(
            person.reasons(against: Self.job("2026-06-08T02:00:00Z", "2026-06-08T03:00:00Z")).contains(.outsideShift)
        )
    }

    // MARK: - An oracle

    /// Half hour by half hour, by what the clock on the wall says: all that happens here happens on them.
    private struct Oracle {
        private static let step = 1800
        var person: PersonFacts
        var job: Job

        private func wall(_ second: Int64, _ zone: TimeZone) -> (day: Int64, minute: Int64) {
            let local = second + Int64(zone.secondsFromGMT(for: Date(timeIntervalSince1970: Double(second))))
            let day = Int64((Double(local) / 86_400).rounded(.down))
            return (day, (local - day * 86_400) / 60)
        }

        private func isPresent(_ second: Int64) -> Bool {
            person.turns.contains { turn in
                guard let hours = turn.calendar.hours else { return true }
                let (day, minute) = wall(second, turn.calendar.zone)
                func begins(_ day: Int64) -> Bool {
                    hours.days.contains(Weekday(of: day)) && day >= turn.first.number
                        && day <= turn.last?.number ?? .max
                }
                let isOvernight = hours.until <= hours.from
                let isToday = begins(day) && minute >= hours.from && (isOvernight || minute < hours.until)
                return isToday || isOvernight && begins(day - 1) && minute < hours.until
            }
        }

        private func isOff(_ second: Int64) -> Bool {
            let day = wall(second, job.zone).day
            return person.timeOff.contains { $0.first.number <= day && day <= $0.last.number }
        }

        var reasons: Set<String> {
            let steps = Array(stride(from: job.window!.lowerBound, to: job.window!.upperBound, by: Self.step))
            var found: Set<String> = []
            if steps.contains(where: isOff) { found.insert("off") }
            let present = steps.filter(isPresent)
            if job.window!.count > 86_400 ? present.isEmpty : present.count < steps.count { found.insert("shift") }
            let last = LocalDay(number: wall(steps.last!, job.zone).day)
            let held = person.certificates[0].validUntil!
            if held < last { found.insert("expired") }
            return found
        }

        /// Of the week of the job, in minutes.
        var available: Int {
            let start = LocalDay(at: job.window!.lowerBound, in: job.zone).monday
            let week = DaySpan(first: start, last: start.adding(6)).range(in: job.zone)
            return stride(from: week.lowerBound, to: week.upperBound, by: Self.step).count {
                isPresent($0) && !isOff($0)
            } * 30
        }
    }

    /// Random shifts, time off and certificates around the days on which clocks are changed.
    @Test func decisionsAreThoseOfTheClockOnTheWall() throws {
        var random = Seeded(7)
        let zones = ["Europe/Paris", "America/New_York", "Australia/Lord_Howe", "Asia/Kolkata", "UTC"]
        let turning = ["2026-03-28", "2026-10-24", "2026-03-07", "2026-10-31", "2026-04-04", "2026-06-10"]
        for round in 0..<60 {
            let (zone, other) = (
                TimeZone(identifier: zones.randomElement(using: &random)!)!,
                TimeZone(identifier: zones.randomElement(using: &random)!)!
            )
            let center = Self.day(turning.randomElement(using: &random)!)
            func near() -> LocalDay { center.adding(Int64.random(in: -4...4, using: &random)) }
            var person = Self.anna
            person.turns = (0..<Int.random(in: 1...3, using: &random)).map { _ in
                let hours = WorkHours(
                    days: Weekday.allCases.filter { _ in Bool.random(using: &random) },
                    from: 30 * Int.random(in: 0..<48, using: &random),
                    until: 30 * Int.random(in: 0..<48, using: &random)
                )
                let first = near()
                return PersonFacts.Turn(
                    calendar: WorkCalendar(hours: hours, zone: Bool.random(using: &random) ? zone : other),
                    isOnCall: false,
                    first: first,
                    last: Bool.random(using: &random) ? nil : first.adding(Int64.random(in: 0...5, using: &random))
                )
            }.filter { $0.calendar.hours?.from != $0.calendar.hours?.until }
            guard !person.turns.isEmpty else { continue }
            if Bool.random(using: &random) {
                let first = near()
                person.timeOff = [DaySpan(first: first, last: first.adding(Int64.random(in: 0...2, using: &random)))]
            }
            person.certificates = [.init(skill: "high voltage", validUntil: near())]
            let start = near().range(in: zone).lowerBound + 1800 * Int64.random(in: 0..<48, using: &random)
            let length = 1800 * Int64.random(in: 1...(Bool.random(using: &random) ? 16 : 120), using: &random)
            let job = Job(
                site: Self.site,
                zone: zone,
                skills: ["high voltage"],
                window: start..<start + length,
                now: start,
                certified: ["high voltage"]
            )
            let oracle = Oracle(person: person, job: job)
            let reasons = Set(
                person.reasons(against: job).compactMap { reason -> String? in
                    switch reason {
                    case .timeOff: "off"
                    case .outsideShift: "shift"
                    case .certificateExpired: "expired"
                    default: nil
                    }
                }
            )
            #expect(reasons == oracle.reasons, "round \(round): \(person) \(job)")
            let monday = LocalDay(at: start, in: zone).monday
            let week = DaySpan(first: monday, last: monday.adding(6)).range(in: zone)
            #expect(
                person.available(in: week, zone).map { Int($0 / 60) } == oracle.available,
                "round \(round): \(person)"
            )
        }
    }

    // MARK: - At every door

    /// Carla has Anna's work to do, which needs a certificate.
    @Test func nobodyGetsWorkWithoutTheCertificateThatItNeeds() async throws {
        try await withLabor { site in
            try await CertificateTests.setSkills(site)
            let path = try await site.order()
            #expect(
                try await site.client.send(.patch, path, ["assignedTo": NSNull(), "requiredSkills": ["HIGH VOLTAGE"]])
                    .status == .ok
            )
            let give = ["assignedTo": UserID.carla.description]
            let schedule = ["scheduledStart": "2026-06-10T08:00:00Z", "scheduledEnd": "2026-06-10T12:00:00Z"]
            let missing = try await site.client.send(.patch, path, give)
            #expect((missing.status, missing["code"]) == (.conflict, "assignee_not_eligible"), "\(missing.text)")
            #expect((missing.object["errors"] as? [[String: Any]])?.first?["code"] as? String == "certificate_missing")
            let certificate = try await CertificateTests.add(.carla, until: "2026-06-09", site)
            #expect(try await site.client.send(.patch, path, give).status == .ok)
            // It ends before the work would.
            let planned = try await site.client.send(.post, "\(path)/transitions/schedule", schedule)
            #expect((planned.status, planned["code"]) == (.conflict, "assignee_not_eligible"), "\(planned.text)")
            #expect(planned["detail"]?.contains("2026-06-09") == true, "\(planned.text)")
            #expect(try await site.client.send(.patch, certificate, ["validUntil": "2026-06-10"]).status == .ok)
            #expect(try await site.client.send(.post, "\(path)/transitions/schedule", schedule).status == .ok)
            // It is revoked before work begins: neither over HTTP nor on a device, one by one or many at once.
            #expect(try await site.client.send(.post, "\(certificate)/revocation", ["reason": "Forged"]).status == .ok)
            let started = try await site.client.send(.post, "\(path)/transitions/start")
            #expect((started.status, started["code"]) == (.conflict, "assignee_not_eligible"), "\(started.text)")
            let id = String(path.split(separator: "/").last ?? "")
            let bulk = try await site.client.send(
                .post,
                "/api/v1/workorders/bulk/transitions/start",
                ["items": [["id": id]]]
            )
            let problem = bulk.items.first?["problem"] as? [String: Any]
            #expect(problem?["code"] as? String == "assignee_not_eligible", "\(bulk.text)")
            let consumer = SyncConsumer(
                store: WorkOrderStore(database: site.database),
                authenticator: site.client.authority.authenticator,
                now: { .noon }
            )
            try await site.database.handle(.moving(path, "start", at: .noon), by: consumer.handle)
            let decided = try #require(try await site.database.outbox(of: SyncChangeDecided.self).last)
            #expect(decided.verdict == .refused && decided.reason == started["detail"])
            // Another one takes its place.
            try await CertificateTests.add(.carla, until: nil, site)
            #expect(try await site.client.send(.post, "\(path)/transitions/start").status == .ok)
            // While it is paused, nothing of it ends but the certificates of others.
            try await site.move(path, "pause")
            #expect(try await site.client.send(.post, "\(path)/transitions/resume").status == .ok)
            let new: [String: Any] = [
                "assetId": AssetReplica.inverter.id.description, "title": "Again", "type": "corrective",
                "priority": "high",
                "assignedTo": UserID.bo.description, "requiredSkills": ["High voltage"],
            ]
            let created = try await site.client.send(.post, "/api/v1/workorders", new)
            #expect((created.status, created["code"]) == (.conflict, "assignee_not_eligible"), "\(created.text)")
        }
    }

    @Test func whoHasLeftDoesNotBegin() async throws {
        try await withLabor { site in
            let path = try await site.order()
            try await site.database.of(.sunfield).execute(
                "UPDATE users SET is_active = false WHERE id = \(UserID.anna)"
            )
            let started = try await site.client.send(.post, "\(path)/transitions/start")
            #expect((started.status, started["code"]) == (.conflict, "assignee_not_eligible"), "\(started.text)")
            #expect((started.object["errors"] as? [[String: Any]])?.first?["code"] as? String == "person_inactive")
        }
    }

    @Test func candidatesComeWithWhatSpeaksAgainstThem() async throws {
        try await withLabor { site in
            try await CertificateTests.setSkills(site)
            let path = try await site.order()
            #expect(
                try await site.client.send(.patch, path, ["assignedTo": NSNull(), "requiredSkills": ["high voltage"]])
                    .status == .ok
            )
            try await CertificateTests.add(.carla, until: "2026-06-09", site)
            let store = WorkOrderStore(database: site.database)
            var dan = UserState.sample(.dan, of: .sunfield, roles: [])
            dan.sites = [.sample(31)]
            let elsewhere = dan
            try await site.database.of(.sunfield).transaction { try await store.put(elsewhere, $0) }
            let found = try await site.client.send(.get, "\(path)/candidates")
            #expect(
                found.items.compactMap { $0["userId"] as? String }.first == UserID.carla.description,
                "\(found.text)"
            )
            #expect(found.items.map { $0["isEligible"] as? Bool } == [true, false, false])
            let late = "?scheduledStart=2026-06-10T08:00:00Z&scheduledEnd=2026-06-10T09:00:00Z"
            let then = try await site.client.send(.get, "\(path)/candidates\(late)")
            let carla = then.items.first { $0["userId"] as? String == UserID.carla.description }
            let reasons = carla?["reasons"] as? [[String: Any]] ?? []
            #expect(reasons.map { $0["code"] as? String } == ["certificate_expired"], "\(then.text)")
            #expect(reasons.first?["forbids"] as? Bool == true)
        }
    }
}
