import EventSchema
import Foundation
import Identifiers
import Kafka
import LocalServers
import Postgres
import TestSupport
import Testing

/// Names, addresses, phones and secrets that nothing else looks like go through the whole fleet. Then every topic, table and log is read: they
/// stand only where a reason says so.
@Suite(.serialized) struct CanaryTests {
    /// The columns in which something of a person may stand, and why.
    private static let allowed = [
        "auth.users.email": "the directory itself", "auth.users.display_name": "the directory itself",
        "auth.users.phone": "the directory itself",
        "auth.answers.body":
            "for a day, so that a repeated request gets the same answer; deleted when the person is erased",
        "auth.sessions.user_agent":
            "people see where they are logged in; deleted a month after the end, or when the person is erased",
        "notification.users.email": "whom to write to, from auth.users", "notification.users.display_name": "the same",
        "work-orders.users.display_name":
            "whom work can be given to, in the order of their names, from auth.users; replaced when the person is erased",
        "notification.notifications.recipient": "whom was written to; replaced when the person is erased",
    ]

    @Test func whoSomebodyIsStandsOnlyWhereAReasonSaysSo() async throws {
        try await Fleet.run { fleet in
            let world = try await CanaryWorld.make(fleet)
            let search = CanarySearch(fleet: fleet)

            let columns = try await search.columns(with: world.personal + world.secrets)
            for (canary, places) in columns {
                let isSecret = world.secrets.contains(canary)
                for place in places {
                    #expect(!isSecret, "the secret \(canary) stands in \(place)")
                    #expect(Self.allowed[place] != nil, "\(canary) stands in \(place)")
                }
            }
            // The search finds what is there, in text and in bytes.
            for place in [
                "auth.users.email", "auth.users.display_name", "auth.answers.body", "notification.users.email",
            ] {
                #expect(columns.values.contains { $0.contains(place) }, "nothing in \(place)")
            }

            let topics = try await search.topics(with: world.personal + world.secrets)
            for (canary, places) in topics {
                #expect(places == ["auth.users"] && world.personal.contains(canary), "\(canary) stands on \(places)")
            }
            #expect(!topics.isEmpty)
            // Every client of this test comes from here.
            let addresses = try await search.topics(with: ["127.0.0.1"])
            #expect(addresses.isEmpty, "network addresses stand on \(addresses)")

            let logs = try await search.logs(with: world.personal + world.secrets)
            #expect(logs.isEmpty, "\(logs)")

            // Of somebody who was erased, nothing is left in any database.
            let erased = try await search.columns(with: world.erased)
            #expect(erased.isEmpty, "\(erased)")
        }
    }
}
