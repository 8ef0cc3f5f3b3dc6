import Foundation
import Identifiers
import Logging
import Messaging
import Postgres
import ServiceKit
import ServiceLifecycle

/// Sends what is due, tries again with backoff, and gives up after five times.
struct DeliveryLoop: Service {
    let store: DeliveryStore
    let mail: SMTP
    let daemon: Daemon
    var now: @Sendable () -> Date = { Date() }

    func run() async throws {
        await cancelWhenGracefulShutdown {
            let (wakeUps, wake) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
            await withTaskGroup(of: Void.self) { group in
                group.addTask {
                    for await _ in Listener(store.database, channel: "notifications").wakeUps { wake.yield() }
                }
                group.addTask {
                    while (try? await Task.sleep(for: .seconds(1))) != nil { wake.yield() }
                }
                for await _ in wakeUps { await self.drain() }
                group.cancelAll()
            }
        }
    }

    /// Sends everything that is due.
    func drain() async {
        do {
            while let due = try await store.claim(at: now()) { try await deliver(due) }
        } catch is CancellationError {
        } catch {
            daemon.logger.warning("deliveries wait", metadata: ["error": "\(error)"])
        }
    }

    private func deliver(_ due: DeliveryStore.Due) async throws {
        do {
            try await mail.send(due, at: now())
            try await store.finish(due, error: nil, retryAt: nil, at: now())
            daemon.metrics.counter("notifications_sent_total", "Messages handed over.").increment()
        } catch let error as MailRefused {
            let pause = Backoff.pause(afterFailure: due.attempts)
            daemon.logger.warning(
                "mail not taken",
                metadata: ["notification": "\(due.id)", "attempt": "\(due.attempts)", "error": "\(error)"]
            )
            try await store.finish(
                due,
                error: error.description,
                retryAt: pause.map { now().addingTimeInterval($0) },
                at: now()
            )
        }
    }
}

extension SMTP {
    func send(_ due: DeliveryStore.Due, at now: Date) async throws {
        try await send(
            to: due.recipient,
            subject: due.subject,
            body: due.body,
            id: due.id.description,
            at: now
        )
    }
}
