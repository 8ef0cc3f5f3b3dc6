import Foundation
import Identifiers
import Logging
import Messaging
import Postgres
import ServiceKit
import ServiceLifecycle
import Synchronization

/// Sends the messages that are due, several at once. A message that the server does not accept is tried for a day.
struct DeliveryLoop: Service {
    let store: DeliveryStore
    let mail: SMTP
    let accounts: AccountMails
    let daemon: Daemon
    var now: @Sendable () -> Date = { Date() }
    /// How many messages are sent at the same time, so that one slow server does not delay the others.
    private static let parallel = 8

    func run() async throws {
        await cancelWhenGracefulShutdown {
            let slots = Slots(Self.parallel)
            let (wakeUps, wake) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
            await withDiscardingTaskGroup { group in
                group.addTask {
                    for await _ in Listener(store.database, channel: "notifications").wakeUps { wake.yield() }
                }
                group.addTask {
                    while (try? await Task.sleep(for: .seconds(1))) != nil { wake.yield() }
                }
                for await _ in wakeUps { await start(slots, in: &group) { wake.yield() } }
                group.cancelAll()
            }
        }
    }

    /// Sends everything that is due.
    func drain() async {
        let slots = Slots(Self.parallel)
        let (finished, finish) = AsyncStream.makeStream(of: Void.self)
        await withDiscardingTaskGroup { group in
            await start(slots, in: &group) { finish.yield() }
            var ends = finished.makeAsyncIterator()
            while !slots.areFree, await ends.next() != nil {
                await start(slots, in: &group) { finish.yield() }
            }
        }
    }

    /// Starts to send what is due, up to the limit.
    private func start(
        _ slots: Slots,
        in group: inout DiscardingTaskGroup,
        finish: @escaping @Sendable () -> Void
    ) async {
        do {
            while slots.occupy() {
                guard let due = try await store.claim(at: now()) else {
                    slots.free()
                    return
                }
                group.addTask {
                    await deliver(due)
                    slots.free()
                    finish()
                }
            }
        } catch {
            slots.free()
            if !(error is CancellationError) { note(error) }
        }
    }

    private func deliver(_ due: DeliveryStore.Due) async {
        do {
            try await send(due)
        } catch is CancellationError {
        } catch {
            // It is claimed again when its next attempt is due.
            note(error)
        }
    }

    private func send(_ due: DeliveryStore.Due) async throws {
        var message: Message?
        do {
            let written = try await accounts.message(of: due, store, at: now())
            message = written
            try await mail.send(written, id: due.id.description, at: now())
            try await store.finish(due, written, error: nil, retryAt: nil, at: now())
            daemon.metrics.counter("notifications_sent_total", "Messages handed over.").increment()
        } catch let error as MailRefused {
            let now = now()
            let pause = Backoff.pause(afterFailure: due.attempts, age: now.timeIntervalSince(due.createdAt))
            let retryAt = error.isPermanent ? nil : pause.map { now.addingTimeInterval($0) }
            daemon.logger.warning(
                retryAt == nil ? "mail given up" : "mail not taken",
                metadata: ["notification": "\(due.id)", "attempt": "\(due.attempts)", "error": "\(error)"]
            )
            try await store.finish(due, message, error: error.description, retryAt: retryAt, at: now)
        }
    }

    private func note(_ error: any Error) {
        daemon.logger.warning("deliveries wait", metadata: ["error": "\(error)"])
    }
}

/// Limits how many tasks run at the same time.
private final class Slots: Sendable {
    private let limit: Int
    private let used = Mutex(0)

    init(_ limit: Int) {
        self.limit = limit
    }

    var areFree: Bool { used.withLock { $0 == 0 } }

    func occupy() -> Bool {
        used.withLock { used in
            guard used < limit else { return false }
            used += 1
            return true
        }
    }

    func free() { used.withLock { $0 -= 1 } }
}
