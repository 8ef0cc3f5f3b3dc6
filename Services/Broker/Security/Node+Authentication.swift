import Logging
import NIOCore
import NIOPosix

/// Logging in: what SaslHandshake and SaslAuthenticate do.
extension Node {
    struct LoginRefused: Error {
        let error: ErrorCode
        let message: String
    }

    /// The mechanisms that a client may use. PLAIN sends the password over the wire, so it is not allowed where others can
    /// listen.
    func mechanisms(for session: Session) -> [String] {
        let isPrivate = session.isEncrypted || Endpoint(host: session.peer, port: 0).isLoopback
        return isPrivate || settings.allowsPlainWithoutTLS
            ? [ScramVerifier.mechanism, "PLAIN"] : [ScramVerifier.mechanism]
    }

    func beginLogin(_ mechanism: String, _ session: Session) throws(LoginRefused) {
        guard security.asksForLogin, case .none = session.login else {
            session.ends = true
            throw LoginRefused(error: .illegalSASLState, message: "no login is asked for now")
        }
        guard mechanisms(for: session).contains(mechanism) else {
            session.ends = true
            throw LoginRefused(error: .unsupportedSASLMechanism, message: "this mechanism is not offered")
        }
        session.login = mechanism == "PLAIN" ? .plain : .scram(ScramExchange())
    }

    /// One message of the client's login.
    ///
    /// - Returns: the answer.
    /// - Throws: `LoginRefused`, after a delay; the session ends then.
    func authenticate(_ token: [UInt8], _ session: Session) async throws(LoginRefused) -> [UInt8] {
        var user = ""
        do {
            let login = session.login
            // Each step can be taken only once, whatever its result is.
            if !session.isAdmitted { session.login = .none }
            switch login {
            case .plain:
                try await checkPlain(token, session, &user)
                return []
            case .scram(var exchange):
                defer { user = exchange.user }
                let answer = try exchange.answer(token, nonce: [UInt8].random(24).base64) { security.verifier(for: $0) }
                if exchange.isAccepted {
                    welcome(exchange.user, session)
                } else {
                    session.login = .scram(exchange)
                }
                return Array(answer.utf8)
            case .none, .over:
                session.ends = true
                throw LoginRefused(error: .illegalSASLState, message: "SaslHandshake comes first")
            }
        } catch let error as LoginRefused {
            throw error
        } catch {
            throw await refuse(user, session, reason: error)
        }
    }

    /// `[actFor] NUL name NUL password` (RFC 4616).
    private func checkPlain(_ token: [UInt8], _ session: Session, _ user: inout String) async throws {
        let parts = token.split(separator: 0, omittingEmptySubsequences: false)
        guard parts.count == 3, let name = String(validating: parts[1], as: UTF8.self), !name.isEmpty,
            name.count <= 200
        else { throw ScramExchange.Failure.malformed }
        user = name
        let (verifier, password) = (security.verifier(for: name), Array(parts[2]))
        // One thread for all: somebody who guesses passwords cannot use more of the machine.
        let isRight = try await logins.runIfActive(eventLoop: eventLoop) { try verifier.accepts(password) }.get()
        guard isRight, parts[0].isEmpty || parts[0].elementsEqual(parts[1]) else { throw ScramExchange.Failure.refused }
        welcome(name, session)
    }

    private func welcome(_ user: String, _ session: Session) {
        failedLogins.forget(user, from: session.peer)
        session.admit(user, verifier: security.access?.verifiers[user])
    }

    private func refuse(_ user: String, _ session: Session, reason: any Error) async -> LoginRefused {
        session.ends = true
        counters.failedLogins += 1
        let delay = failedLogins.delay(user, from: session.peer, now: uptime)
        logger.warning(
            "login refused",
            metadata: [
                "peer": "\(session.peer)", "user": "\(user.prefix(200).debugDescription)", "reason": "\(reason)",
            ]
        )
        try? await Task.sleep(for: .milliseconds(delay))
        return LoginRefused(error: .saslAuthenticationFailed, message: "invalid credentials")
    }
}

/// Makes guessing slow: each failure of a name from one address doubles the wait for the answer, up to a few seconds.
///
/// Nobody is locked out: a right password is answered at once.
struct FailedLogins {
    private struct Key: Hashable {
        let user: String
        let peer: String
    }

    private static let first: Int64 = 100
    private static let longest: Int64 = 5_000
    private static let forgottenAfter: Int64 = 60_000
    private static let capacity = 1_024

    private var failures: [Key: (count: Int, last: Int64)] = [:]

    mutating func delay(_ user: String, from peer: String, now: Int64) -> Int64 {
        if failures.count >= Self.capacity {
            failures = failures.filter { now - $0.value.last < Self.forgottenAfter }
            if failures.count >= Self.capacity { failures = [:] }
        }
        let key = Key(user: user, peer: peer)
        var count = failures[key].map { now - $0.last < Self.forgottenAfter ? $0.count : 0 } ?? 0
        count += 1
        failures[key] = (count, now)
        return min(Self.first << Int64(min(count - 1, 10)), Self.longest)
    }

    mutating func forget(_ user: String, from peer: String) {
        failures[Key(user: user, peer: peer)] = nil
    }
}
