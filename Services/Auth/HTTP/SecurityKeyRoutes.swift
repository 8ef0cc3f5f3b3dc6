import Access
import Commands
import Foundation
import HTTPTypes
import Identifiers
import Messaging
import ServiceKit
import WebAuthn

/// `/api/v1/auth/mfa/security-keys`: one's own security keys and passkeys (Web Authentication), and the questions to them.
struct SecurityKeyRoutes: Sendable {
    let login: SessionRoutes
    let stepUp: Duration
    var now: @Sendable () -> Date = { Date() }

    private var logins: Logins { login.logins }
    private var directory: Directory { login.directory }
    private var commands: CommandRunner { CommandRunner("auth", directory.database, now: now) }

    func all() throws -> [Route] {
        try [
            Route(
                .post,
                "/auth/mfa/security-keys/options",
                "Ask for a new security key",
                .anyone,
                .givesSecret,
                .stepUp(within: stepUp, onlyPeople: true),
                .refuses([.conflict]),
                use: askForKey
            ),
            Route(
                .post,
                "/auth/mfa/security-keys",
                "Add a security key",
                .anyone,
                .givesSecret,
                .refuses([.conflict]),
                use: add
            ),
            Route(
                .patch,
                "/auth/mfa/security-keys/{id}",
                "Rename one of one's own security keys",
                .anyone,
                use: rename
            ),
            Route(
                .delete,
                "/auth/mfa/security-keys/{id}",
                "Remove one of one's own security keys",
                .anyone,
                .stepUp(within: stepUp, onlyPeople: true),
                .refuses([.conflict]),
                use: remove
            ),
            Route(
                .post,
                "/auth/step-up/options",
                "Ask one's own security keys, to prove once more who one is",
                .anyone,
                .givesSecret,
                .refuses([.notFound, .conflict]),
                use: askAgain
            ),
            Route(
                .post,
                "/auth/login/mfa/options",
                "Ask the security keys that a login waits for",
                .open,
                .refuses([.unauthorized, .forbidden, .notFound, .conflict]),
                use: ask
            ),
            Route(
                .post,
                "/auth/mfa/enrolment/security-key/options",
                "Ask for the security key that a login requires",
                .open,
                .refuses([.unauthorized, .forbidden, .conflict]),
                use: askForFirst
            ),
            Route(
                .post,
                "/auth/mfa/enrolment/security-key",
                "Finish a login with a new security key",
                .open,
                .refuses([.unauthorized, .forbidden, .conflict]),
                use: enrol
            ),
        ]
    }

    // MARK: - One's own

    @Sendable func askForKey(_ call: Call<NoInput>) async throws -> KeyCreationOptions {
        let user = try await user(of: call)
        return try await commands.run(call) { act, tx in
            KeyCreationOptions(try await logins.keys.ask(.registration, user, by: act, tx), for: user)
        }
    }

    struct Add: Input {
        var name: String
        var credential: NewCredential

        static let rules: Rules = ["name": .keyName]
    }

    struct AddedResponse: Answer, Codable {
        var key: SecurityKeyResponse
        /// With the first factor. Each works once, and they are not shown again.
        var recoveryCodes: [String]?

        static var status: HTTPResponse.Status { .created }
    }

    @Sendable func add(_ call: Call<Add>) async throws -> AddedResponse {
        let principal = try call.principal
        let new = try call.input.credential.key(named: call.input.name)
        return try await commands.run(call) { act, tx in
            // A login at this moment waits, and then sees the factor.
            let user = try await directory.locked(principal.user, within: .tenant, by: act, tx)
            let (key, codes) = try await logins.keys.add(new, .registration, to: user, by: act, tx)
            if codes != nil {
                // It is the first factor: the persons of the other sessions have proved less.
                try await logins.sessions.endAll(of: user.id, except: principal.session, by: act, tx)
                try await logins.sessions.renew(principal.session, .passwordAndKey(at: act.time), by: act, tx)
            }
            return AddedResponse(key: SecurityKeyResponse(key), recoveryCodes: codes)
        }
    }

    struct Rename: Input {
        var name: String

        static let rules: Rules = ["name": .keyName]
    }

    @Sendable func rename(_ call: Call<Rename>) async throws -> SecurityKeyResponse {
        let id: SecurityKeyID = try call.id("id", of: "security key")
        let user = try await user(of: call)
        return try await commands.run(call) { act, tx in
            SecurityKeyResponse(try await logins.keys.rename(id, to: call.input.name, of: user, by: act, tx))
        }
    }

    @Sendable func remove(_ call: Call<NoInput>) async throws -> NoContent {
        let id: SecurityKeyID = try call.id("id", of: "security key")
        let user = try await user(of: call)
        return try await commands.run(call) { act, tx in
            let isRequired = try await logins.isRequired(of: user, tx)
            try await logins.keys.remove(id, of: user, isRequired: isRequired, by: act, tx)
            return NoContent()
        }
    }

    @Sendable func askAgain(_ call: Call<NoInput>) async throws -> KeyRequestOptions {
        let user = try await user(of: call)
        return try await commands.run(call) { act, tx in
            let question = try await logins.keys.ask(.stepUp, user, by: act, tx)
            guard !question.keys.isEmpty else { throw Refusal.unknownKey }
            return KeyRequestOptions(question)
        }
    }

    private func user(of call: Call<some Input>) async throws -> User {
        let principal = try call.principal
        guard let user = try await directory.find(principal.user, tenant: principal.tenant) else {
            throw Refusal.unknownUser
        }
        return user
    }

    // MARK: - Of a login

    struct Begin: Input {
        var challenge: String

        static let rules: Rules = ["challenge": .challenge]
    }

    @Sendable func ask(_ call: Call<Begin>) async throws -> KeyRequestOptions {
        let act = Act(call.context, of: "auth", at: now())
        return KeyRequestOptions(try await logins.ask(call.input.challenge, by: act))
    }

    @Sendable func askForFirst(_ call: Call<Begin>) async throws -> KeyCreationOptions {
        let act = Act(call.context, of: "auth", at: now())
        let (user, question) = try await logins.askForKey(call.input.challenge, by: act)
        return KeyCreationOptions(question, for: user)
    }

    struct Enrol: Input {
        var challenge: String
        var name: String
        var credential: NewCredential

        static let rules: Rules = ["challenge": .challenge, "name": .keyName]
    }

    @Sendable func enrol(_ call: Call<Enrol>) async throws -> SessionRoutes.EnrolledResponse {
        let key = try call.input.credential.key(named: call.input.name)
        return try await login.confirm(
            call.input.challenge,
            .key(key),
            by: Act(call.context, of: "auth", at: now())
        )
    }
}

/// One of a person's security keys.
struct SecurityKeyResponse: Answer, Codable, Hashable {
    var id: SecurityKeyID
    var name: String
    /// Whether it can be copied to the person's other devices, as a passkey can.
    var isSynced: Bool
    var addedAt: Date
    var lastUsedAt: Date?

    init(_ key: SecurityKey) {
        (id, name, isSynced) = (key.id, key.name, key.isSynced)
        (addedAt, lastUsedAt) = (key.addedAt, key.lastUsedAt)
    }
}

extension KeyCreationOptions {
    init(_ question: SecurityKeys.Question, for user: User) {
        self.init(
            rp: Party(id: question.party.id),
            user: Person(id: Data(user.id.keyHandle).base64URL, name: user.email, displayName: user.displayName),
            challenge: question.challenge,
            pubKeyCredParams: [-7, -8, -257].map { Parameters(alg: $0) },
            excludeCredentials: question.keys.map(KnownKey.init)
        )
    }
}

extension KeyRequestOptions {
    init(_ question: SecurityKeys.Question) {
        self.init(
            challenge: question.challenge,
            rpId: question.party.id,
            allowCredentials: question.keys.map(KnownKey.init)
        )
    }
}

extension KnownKey {
    fileprivate init(_ key: SecurityKey) {
        self.init(id: Data(key.credential).base64URL, transports: key.transports)
    }
}

extension Rule {
    static let keyName = Rule.line(1...60).means("What the person calls it").example("Key on my key ring")
}
