import Foundation
import NIOCore
import ServiceKit

/// What time brings: signs of life, clients that do not read, and bearers who count no more.
extension LiveShard {
    /// How long a client may leave unread what it was sent.
    private static let patience = TimeAmount.seconds(10)
    /// Seconds between two signs of life.
    private static let beat = 15

    /// Once a second.
    func tick() {
        ticks += 1
        let (now, date) = (NIODeadline.now(), Date())
        let generation = hub.authenticator.generation
        let hasChanged = generation != self.generation
        self.generation = generation
        let cursor = cursor
        for subscriber in all {
            if let stalled = subscriber.stalled, now - stalled > Self.patience {
                end(subscriber, .tooSlow)
            } else if hasChanged || subscriber.credential.expiry <= date {
                review(subscriber, at: date)
            }
            if subscriber.turn % Self.beat == ticks % Self.beat { beat(subscriber, cursor) }
        }
    }

    private func beat(_ subscriber: Subscriber, _ cursor: LiveCursor) {
        guard subscriber.outlet.isOpen else { return }
        if case .live(let ahead) = subscriber.stage, subscriber.outlet.isWritable {
            let own = ahead.map { LiveCursor(position.merged(with: $0), at: Date()) } ?? cursor
            subscriber.outlet.write(subscriber.outlet.format.beat(own))
            subscriber.outlet.flush()
        }
        subscriber.outlet.beat()
    }

    /// Asks again who the client is and what it may do.
    func review(_ subscriber: Subscriber, at now: Date) {
        do {
            let principal = try hub.authenticator.principal(of: subscriber.credential, at: now)
            guard var sight = subscriber.sight, sight.update(principal.authority) else { return }
            subscriber.sight = sight
            guard sight.forbidden.isEmpty else { return end(subscriber, .revoked("permission_missing")) }
            // Records may have come into sight, or have left it.
            if case .replaying = subscriber.stage { return end(subscriber, .tryLater) }
            reset(subscriber, "access_changed")
        } catch let problem as Problem {
            end(subscriber, problem.code == "token_expired" ? .tokenExpired : .revoked(problem.code))
        } catch {
            end(subscriber, .tryLater)
        }
    }

    func endAll(_ ending: LiveEnding) {
        for subscriber in all { end(subscriber, ending) }
    }
}
