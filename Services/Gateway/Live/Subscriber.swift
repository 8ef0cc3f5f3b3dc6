import Foundation
import NIOCore
import ServiceKit

/// A connection's place among those that are allowed; given back with the last reference, whatever happened to the connection.
final class Seat: Sendable {
    private let leave: @Sendable () -> Void

    init(_ leave: @escaping @Sendable () -> Void) { self.leave = leave }

    deinit { leave() }
}

/// One client: who it is, what it follows, and how far it has got.
///
/// Safe to send: only its shard's event loop reads or changes it.
final class Subscriber: @unchecked Sendable {
    enum Stage {
        /// It follows nothing yet.
        case idle
        /// It gets what happens, when it happens. While it is ahead of this instance, in the log, it gets only what it has not had.
        case live(ahead: LogPosition?)
        /// It takes what it has missed from the recent messages, as fast as it reads.
        case behind(LogPosition)
        /// It gets what it has missed from the log.
        case replaying
    }

    let outlet: any Outlet
    /// Spreads what is done for all of them over time.
    let turn: Int
    private let seat: Seat
    var credential: Authenticator.Credential
    let principal: Principal
    var sight: Sight?
    var stage = Stage.idle
    /// Since when it has not read what it was sent.
    var stalled: NIODeadline?
    /// Waits for room.
    var room: EventLoopPromise<Void>?
    /// How many messages it has sent in this minute.
    var said = 0
    var minute = NIODeadline.now()

    init(_ outlet: any Outlet, _ seat: Seat, _ credential: Authenticator.Credential, _ principal: Principal, turn: Int)
    {
        (self.outlet, self.seat, self.turn) = (outlet, seat, turn)
        (self.credential, self.principal) = (credential, principal)
    }

    deinit { room?.fail(ChannelError.ioOnClosedChannel) }

    /// Notes whether the client reads.
    func noteRoom() {
        if outlet.isWritable { stalled = nil } else { stalled = stalled ?? .now() }
    }
}
