import Access
import Commands
import Foundation
import HTTPTypes
import Messaging
import ServiceKit

/// `/api/v1/auth`: what people do with a link from a mail, without a login.
struct LinkRoutes: Sendable {
    let directory: Directory
    let sessions: Sessions
    let links: AccountLinks
    let passwords: NewPasswords
    var now: @Sendable () -> Date = { Date() }

    func all() throws -> [Route] {
        try [
            Route(
                .post,
                "/auth/links",
                "Ask for a mail with a link",
                .open,
                use: request
            ),
            Route(.post, "/auth/invitation", "Accept an invitation", .open, use: accept),
            Route(
                .post,
                "/auth/password/reset",
                "Choose a new password with a link",
                .open,
                use: reset
            ),
            Route(
                .post,
                "/auth/unlock",
                "Unlock an account with a link",
                .open,
                use: unlock
            ),
        ]
    }

    struct RequestLink: Input {
        enum Purpose: String, Codable, CaseIterable {
            case passwordReset = "password_reset"
            case unlock
        }

        var email: String
        var purpose: Purpose

        static let rules: Rules = ["email": .line(1...254).example("anna@sunfield.example")]
    }

    /// The answer is the same for addresses that belong to nobody.
    @Sendable func request(_ call: Call<RequestLink>) async throws -> NoContent {
        let user = try await directory.find(email: call.input.email)
        let link: AccountLink =
            switch call.input.purpose {
            case .passwordReset: .passwordReset
            case .unlock: .unlock
            }
        try await links.request(link, of: user, by: act(call))
        return NoContent()
    }

    struct ChoosePassword: Input {
        var token: String
        var password: String

        static let rules: Rules = ["token": .token, "password": .newPassword]
    }

    @Sendable func accept(_ call: Call<ChoosePassword>) async throws -> NoContent {
        let (act, hash) = try await prepare(.invitation, call)
        try await links.use(call.input.token, for: .invitation, by: act) { user, act, tx in
            let invited = try await directory.change(user.id, "INVITATION_ACCEPTED", within: .tenant, by: act, tx) {
                $0.isActive = true
                $0.invitedAt = nil
            }
            try await directory.setPassword(of: invited, hash, by: act, tx)
        }
        return NoContent()
    }

    @Sendable func reset(_ call: Call<ChoosePassword>) async throws -> NoContent {
        let (act, hash) = try await prepare(.passwordReset, call)
        try await links.use(call.input.token, for: .passwordReset, by: act) { user, act, tx in
            try await directory.setPassword(of: user, hash, notice: true, by: act, tx)
            try await sessions.endAll(of: user.id, by: act, tx)
            try await AddressLocks.unlock(user, isOwner: true, by: act, tx)
        }
        return NoContent()
    }

    struct Unlock: Input {
        var token: String

        static let rules: Rules = ["token": .token]
    }

    @Sendable func unlock(_ call: Call<Unlock>) async throws -> NoContent {
        try await links.use(call.input.token, for: .unlock, by: act(call)) { user, act, tx in
            try await AddressLocks.unlock(user, isOwner: true, by: act, tx)
        }
        return NoContent()
    }

    /// The act, and the new password's hash. Strangers must not make us compute hashes, so the link is checked before.
    private func prepare(_ link: AccountLink, _ call: Call<ChoosePassword>) async throws -> (Act, hash: String) {
        let act = act(call)
        guard let user = try await links.holder(of: call.input.token, for: link, at: act.time) else {
            throw Refusal.link
        }
        return (act, try await passwords.hash(call.input.password, of: user))
    }

    private func act(_ call: Call<some Input>) -> Act { Act(call.context, of: "auth", at: now()) }
}

extension Rule {
    static let newPassword = Rule.secret(12...200)
    fileprivate static let token = Rule.secret(1...100).means("The part of the mail's link behind `=`")
}
