import EventSchema
import Foundation
import Identifiers
import Kafka
import LocalServers
import Messaging
import Postgres
import ServiceKit
import Testing

/// A replica that several instances fill together.
@Suite(.timeLimit(.minutes(10))) struct CatchUpTests {
    @Test func anInstanceCatchesUpWhenAllInstancesHaveReadTheirPartitions() async throws {
        try await Bus.run { bus in
            let instances = (0..<2).map { _ in
                EventConsumer(bus.database, bus.daemon).replica(UserState.self, revision: 1) { user, tx in
                    try await tx.execute("INSERT INTO handled VALUES (\(user.id), 'user')")
                } remove: { (_: UserID, _) in
                }
            }
            let act = Act(service: "test", tenant: nil, time: Date())
            try await bus.running(OutboxRelay(bus.database, bus.daemon), instances[0], instances[1]) {
                try await eventually("the partitions") {
                    instances.allSatisfy { (try? $0.check()) != nil } ? true : nil
                }
                try await bus.database.transaction { tx in
                    for _ in 0..<20 { try tx.publish(Bus.user(), by: act) }
                }
                try await eventually("the users") {
                    try await bus.handled().count >= 20 ? true : nil
                }
                for instance in instances {
                    #expect(await instance.catchUp(with: .authUsers, within: .seconds(120)))
                }
            }
        }
    }
}
