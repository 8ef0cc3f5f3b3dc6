import Foundation
import Logging
import Synchronization

/// The queue of the callers' commands, and the one thread at a time that sends them to Redis.
final class RedisConnection: @unchecked Sendable {
    // Safe to share: `socket` and `failures` are touched on `queue` only, the rest is constant or behind `state`.
    private enum Phase {
        /// Commands are accepted: there is a connection, or the first one will be opened for them.
        case open
        /// Commands are refused until the connection is back.
        case away(String)
        case closed
    }

    private struct State {
        var phase = Phase.open
        var waiting: [RedisRequest] = []
    }

    private let queue = DispatchQueue(label: "dcmms.redis")
    private let address: RedisAddress
    private let timeout: Duration
    private let logger: Logger
    private let state = Mutex(State())
    private var socket: RedisSocket?
    private var failures = 0

    init(_ address: RedisAddress, timeout: Duration, logger: Logger) {
        self.address = address
        self.timeout = timeout
        self.logger = logger
    }

    func submit(_ commands: [RedisCommand]) async throws -> [RedisValue] {
        let request = RedisRequest(commands)
        return try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { caller in
                guard request.hold(caller) else { return }
                do throws(RedisError) {
                    try enqueue(request)
                } catch {
                    request.settle(.failure(error))
                }
            }
        } onCancel: {
            request.settle(.failure(CancellationError()))
        }
    }

    func close() {
        state.withLock { $0.phase = .closed }
        queue.async { self.socket = nil }
    }

    private func enqueue(_ request: RedisRequest) throws(RedisError) {
        let phase = state.withLock { state in
            guard case .open = state.phase else { return state.phase }
            state.waiting.append(request)
            // Commands that come during a round trip wait for the next one, which sends all of them.
            if state.waiting.count == 1 { queue.async { self.serve() } }
            return .open
        }
        switch phase {
        case .open: return
        case .away(let reason): throw .unavailable(reason)
        case .closed: throw .closed
        }
    }

    // MARK: - On the queue

    /// Sends everything that waits, then reads all the answers.
    private func serve() {
        // Commands that nobody waits for any more are not sent. None is left if the connection was lost in the meantime.
        var unanswered = takeWaiting().filter { !$0.isSettled }[...]
        guard !unanswered.isEmpty else { return }
        do throws(RedisError) {
            let socket = try connected()
            for request in unanswered { try socket.write(request.commands) }
            while let request = unanswered.first {
                let values = try socket.read(request.commands.count)
                unanswered.removeFirst()
                request.settle(.success(values))
            }
        } catch {
            lose(error)
            for request in unanswered { request.settle(.failure(error)) }
        }
    }

    private func connected() throws(RedisError) -> RedisSocket {
        // A Redis that was restarted in the meantime causes no error.
        if let socket, !socket.isStale { return socket }
        socket = nil
        let fresh = try RedisSocket(address, timeout: timeout)
        socket = fresh
        if failures > 0 { logger.info("redis is back", metadata: ["attempts": "\(failures)"]) }
        failures = 0
        return fresh
    }

    /// Refuses commands until the connection is back, and reconnects.
    private func lose(_ error: RedisError) {
        socket = nil
        let reason = error.reason
        let late: [RedisRequest] = state.withLock { state in
            if case .closed = state.phase {} else { state.phase = .away(reason) }
            defer { state.waiting = [] }
            return state.waiting
        }
        for request in late { request.settle(.failure(RedisError.unavailable(reason))) }
        if failures == 0 { logger.warning("redis is lost", metadata: ["reason": "\(reason)"]) }
        let milliseconds = min(3000, 50 << min(failures, 6))
        failures += 1
        // All daemons lose the same Redis at the same moment; they must not reconnect at the same moment.
        let pause = Double(milliseconds) * .random(in: 0.5...1) / 1000
        queue.asyncAfter(deadline: .now() + pause) { [weak self] in self?.reconnect() }
    }

    private func reconnect() {
        guard case .away = state.withLock({ $0.phase }) else { return }
        do throws(RedisError) {
            _ = try connected()
            state.withLock { state in
                if case .away = state.phase { state.phase = .open }
            }
        } catch {
            lose(error)
        }
    }

    private func takeWaiting() -> [RedisRequest] {
        state.withLock { state in
            defer { state.waiting = [] }
            return state.waiting
        }
    }
}

extension RedisError {
    /// Without the text that ``RedisError/unavailable(_:)`` already has.
    fileprivate var reason: String {
        switch self {
        case .unavailable(let reason), .interrupted(let reason), .refused(let reason): reason
        case .malformedURL, .closed: description
        }
    }
}
