import Foundation
import Identifiers
import Logging
import Messaging
import ServiceLifecycle
import Synchronization

/// Posts what was filed for webhooks. Several receivers are served at the same time, each with one message after the other; any number of instances
/// may do so.
struct WebhookDispatcher: Service {
    let store: WebhookStore
    let network: WebhookNetwork
    let logger: Logger
    var now: @Sendable () -> Date = { Date() }
    var spread: @Sendable () -> Double = { .random(in: 0.9...1.1) }

    /// How many receivers are served at the same time, so that slow ones are not in the way of the others.
    private static let parallel = 8
    /// How many messages a receiver gets before it is another one's turn.
    private static let turn = 50

    func run() async {
        await cancelWhenGracefulShutdown {
            let busy = Busy()
            await withDiscardingTaskGroup { group in
                while !Task.isCancelled {
                    let isFree = busy.count < Self.parallel
                    if isFree, let due = await next() {
                        busy.add(1)
                        group.addTask {
                            await serve(due)
                            busy.add(-1)
                        }
                    } else {
                        try? await Task.sleep(for: isFree ? .seconds(1) : .milliseconds(100))
                    }
                }
            }
        }
    }

    /// Posts everything that is due, for tests.
    ///
    /// - Returns: How many receivers had a turn.
    @discardableResult func drain() async throws -> Int {
        var count = 0
        while let due = try await store.claim(at: now()) {
            try await serveThrowing(due)
            count += 1
        }
        return count
    }

    private func next() async -> WebhookStore.Due? {
        do {
            return try await store.claim(at: now())
        } catch {
            if !(error is CancellationError) { note(error) }
            return nil
        }
    }

    private func serve(_ due: WebhookStore.Due) async {
        do {
            try await serveThrowing(due)
        } catch is CancellationError {
        } catch {
            // It is claimed again when its lease is over.
            note(error)
        }
    }

    private func serveThrowing(_ first: WebhookStore.Due) async throws {
        var due = first
        for _ in 0..<Self.turn {
            let answer = try await post(due)
            guard try await store.finish(due.delivery, answer, at: now(), spread: spread()), !Task.isCancelled,
                let next = try await store.claim(due.delivery.webhook, at: now())
            else { return }
            due = next
        }
        // The turn is over, and what was claimed last is posted as well.
        _ = try await store.finish(due.delivery, try await post(due), at: now(), spread: spread())
    }

    private func post(_ due: WebhookStore.Due) async throws -> WebhookAnswer {
        let delivery = due.delivery
        let secrets: [WebhookSecret]
        do {
            secrets = try due.secrets.compactMap { try store.opened($0, of: delivery.webhook) }
        } catch {
            return .failed("no key opens the webhook's secret", in: 0)
        }
        let seconds = Int64(now().timeIntervalSince1970)
        let id = delivery.message.description
        let signatures = secrets.map { $0.signature(of: id, at: seconds, delivery.body) }
        return await network.send(
            due.url,
            [
                ("Content-Type", "application/json"), ("User-Agent", "dCMMS"), ("Webhook-Id", id),
                ("Webhook-Timestamp", "\(seconds)"), ("Webhook-Signature", signatures.joined(separator: " ")),
                // Or libcurl waits for permission to send a large body.
                ("Expect", ""),
            ],
            delivery.body
        )
    }

    private func note(_ error: any Error) {
        logger.warning("deliveries to webhooks wait", metadata: ["error": "\(String(reflecting: error))"])
    }
}

/// How many receivers are being served.
private final class Busy: Sendable {
    private let number = Mutex(0)

    var count: Int { number.withLock(\.self) }

    func add(_ change: Int) { number.withLock { $0 += change } }
}
