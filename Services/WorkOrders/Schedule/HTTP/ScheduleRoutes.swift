import Access
import Commands
import EventSchema
import Foundation
import HTTPTypes
import Identifiers
import ServiceKit

/// `/api/v1/schedule`: what is planned, who is there, and how much everybody has to do.
struct ScheduleRoutes: Sendable {
    let store: ScheduleStore

    func all() throws -> [Route] {
        try [
            Route(
                .get,
                "/schedule",
                "Read what is planned, with the people, their hours and what does not go together",
                .requires(.scheduleRead),
                use: schedule
            ),
            Route(
                .get,
                "/schedule/workload",
                "Read how much is planned for the people of a site in a week",
                .requires(.utilizationRead),
                use: workload
            ),
        ]
    }

    @Sendable func schedule(_ call: Call<ScheduleFilter>) async throws -> ScheduleResponse {
        let schedule = try await store.schedule(
            call.input,
            tenant: try call.principal.tenant,
            within: try call.reach
        )
        return ScheduleResponse(schedule, in: call.input.range)
    }

    @Sendable func workload(_ call: Call<WorkloadFilter>) async throws -> WorkloadResponse {
        guard let monday = LocalDay(rawValue: call.input.week)?.monday else { throw Problem.field("week", .required) }
        let week = DaySpan(first: monday, last: monday.adding(6))
        let found = try await store.people(
            at: call.input.siteId,
            in: week.range,
            tenant: try call.principal.tenant,
            within: try call.reach
        )
        return WorkloadResponse(
            week: monday.rawValue,
            items: found.people.map {
                WorkloadResponse.Item(Workload(of: $0, in: week.range(in: found.zone), found.zone))
            }
        )
    }
}

/// What is planned in a time, and who is there.
struct ScheduleResponse: Answer, Codable {
    struct Order: Codable {
        var id: WorkOrderID
        var number: String
        var title: String
        var type: WorkOrderType
        var priority: WorkOrderPriority
        var status: WorkOrderStatus
        var phase: WorkOrderPhase
        var siteId: SiteID
        var assetId: AssetID
        var assignedTo: UserID?
        var crewId: CrewID?
        var crewMembers: [UserID]
        var scheduledStart: Date?
        var scheduledEnd: Date?
        var version: Int64
        /// What somebody who does it is to do at the same time.
        var conflicts: [Conflict]
    }

    struct Conflict: Codable {
        var userId: UserID
        /// The number of the other work order.
        var number: String
    }

    struct Person: Codable {
        var userId: UserID
        var name: String
        /// When they are on a shift.
        var shifts: [Hours]
        /// When they can be called.
        var onCall: [Hours]
        /// Days on which they are off, as far as that was approved.
        var timeOff: [Days]
    }

    struct Hours: Codable {
        var start: Date
        var end: Date
    }

    struct Days: Codable {
        var first: String
        var last: String
    }

    /// The earliest first.
    var items: [Order]
    /// Who does it, and of a site all who belong there.
    var people: [Person]
    /// Whether there is more work than is shown.
    var hasMore: Bool

    init(_ schedule: Schedule, in range: Range<Int64>) {
        let people = schedule.people.values.sorted { ($0.name, $0.id.description) < ($1.name, $1.id.description) }
        let conflicts = Dictionary(grouping: people.flatMap { $0.conflicts(in: range) }, by: \.order)
        items = schedule.orders.map { order in
            Order(
                id: order.id,
                number: order.number,
                title: order.title,
                type: order.type,
                priority: order.priority,
                status: order.status,
                phase: order.phase,
                siteId: order.site,
                assetId: order.asset,
                assignedTo: order.assignedTo,
                crewId: order.crew,
                crewMembers: order.crewMembers,
                scheduledStart: order.scheduledStart,
                scheduledEnd: order.scheduledEnd,
                version: order.version,
                conflicts: (conflicts[order.id] ?? []).map { Conflict(userId: $0.person, number: $0.number) }
            )
        }
        self.people = people.map { person in
            func hours(onCall: Bool) -> [Hours] {
                person.turns.filter { $0.isOnCall == onCall }.flatMap { $0.windows(in: range) }.joined.map {
                    Hours(
                        start: Date(timeIntervalSince1970: Double($0.lowerBound)),
                        end: Date(timeIntervalSince1970: Double($0.upperBound))
                    )
                }
            }
            // Without a place, days have no clock: those that could be in the range anywhere.
            let wide = range.lowerBound - 54_000..<range.upperBound + 54_000
            return Person(
                userId: person.id,
                name: person.name,
                shifts: hours(onCall: false),
                onCall: hours(onCall: true),
                timeOff: person.timeOff.filter { $0.range(in: .gmt).overlaps(wide) }.map {
                    Days(first: $0.first.rawValue, last: $0.last.rawValue)
                }
            )
        }
        hasMore = schedule.hasMore
    }
}

/// How much is planned for people in a week.
struct WorkloadResponse: Answer, Codable {
    struct Item: Codable {
        var userId: UserID
        var name: String
        var plannedMinutes: Int64
        /// Their shifts without their time off; absent while they are on no shift.
        var availableMinutes: Int64?
        /// Of their hours, in whole percent; absent where they have none.
        var percent: Int?

        init(_ load: Workload) {
            userId = load.person
            name = load.name
            plannedMinutes = load.planned
            availableMinutes = load.available
            percent = load.percent
        }
    }

    /// Its Monday.
    var week: String
    var items: [Item]
}
