import EventSchema
import Foundation
import Identifiers
import LocalServers
import Postgres
import ServiceKit
import Synchronization
import TestSupport
import Testing

@testable import Messaging

/// What a service tells of itself for the fleet's health.
@Suite struct VitalsTests {
    @Test func aServiceTellsHowFarItIsBehindAndWhatIsOpen() async throws {
        try await Bus.run { bus in
            let isOpen = Mutex(false)
            let consumer = EventConsumer(bus.database, bus.daemon).on(SessionEnded.self) { delivery, tx in
                // A mistake in the program: the events wait.
                guard isOpen.withLock({ $0 }) else { throw CocoaError(.fileNoSuchFile) }
                throw EventRefused("never")
            }
            let vitals = bus.daemon.vitals
            try await bus.running(consumer, OutboxRelay(bus.database, bus.daemon)) {
                _ = try await eventually("the partitions") { (try? consumer.check()).map { true } }
                #expect(await vitals.read().lags == ["auth.sessions": 0])
                for _ in 0..<3 { try await bus.write(Bus.session()) }
                _ = try await eventually("the lag") {
                    await vitals.read().lags == ["auth.sessions": 3] ? true : nil
                }
                isOpen.withLock { $0 = true }
                let reading = try await eventually("the dead letters") {
                    let reading = await vitals.read()
                    return reading.lags == ["auth.sessions": 0] && reading.deadLetters == 3 ? reading : nil
                }
                #expect((reading.waitingSince, reading.refusedEvents) == (nil, 0))
            }
        }
    }

    @Test func aServiceWithoutADatabaseStillTellsItsLag() async throws {
        let vitals = Vitals()
        vitals.add { $0.lags["a"] = 7 }
        vitals.add { _ in throw CocoaError(.fileNoSuchFile) }
        vitals.add { $0.refusedEvents = 2 }
        let reading = await vitals.read()
        #expect((reading.lags, reading.refusedEvents, reading.deadLetters) == (["a": 7], 2, nil))
    }
}
