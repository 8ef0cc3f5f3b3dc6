import Foundation

/// What the gateway keeps for a browser that is logged in. The browser itself has only a random name for it.
struct BrowserSession: Codable, Hashable, Sendable {
    var accessToken: String
    var refreshToken: String
    /// When the access token expires.
    var expiresAt: Date
    /// When the person logged in.
    var begunAt: Date
    /// Where the browser goes to log out at the tenant's identity provider as well.
    var logoutURL: String?
    /// When it ends if nobody uses it, and when it ends in any case: both the same if use puts nothing off. A record or an auth of a version
    /// before does not say it.
    private(set) var endsAt: Date?
    private(set) var endsAtLatest: Date?

    /// No session of auth lasts longer, however often it is refreshed.
    static let lifetime: TimeInterval = 7 * 86_400
    /// How long before its expiry a token is replaced: the next one must be there in time, though auth is away for a moment.
    static let notice: TimeInterval = 60

    /// How long one lasts that nobody uses. One that is used gets a new access token every quarter of an hour.
    static let idleLifetime: TimeInterval = 8 * 3600

    /// When it ends if it is not refreshed from now on.
    func end(at now: Date) -> Date {
        min(begunAt.addingTimeInterval(Self.lifetime), now.addingTimeInterval(Self.idleLifetime))
    }

    /// Notes what auth says with new tokens.
    mutating func ends(at end: Date?, latest: Date?, told now: Date) {
        endsAtLatest = latest
        // An open page keeps a session by what it reads, unless a role says that it must end when nobody uses it: only then can it come to
        // the idle time here.
        let isIdle = if let end, let latest { end < latest } else { false }
        endsAt = isIdle ? end.map { min($0, self.end(at: now)) } : end
    }

    /// Whether the access token should be replaced. The last one outlives the session: then auth is asked, and ends it.
    func isDue(at now: Date) -> Bool {
        min(expiresAt.addingTimeInterval(-Self.notice), endsAt ?? .distantFuture) <= now
    }

    /// Whether the access token can still be used. A token that expires on its way would be refused.
    func isUsable(at now: Date) -> Bool { expiresAt.addingTimeInterval(-2) > now }
}

/// What a login leaves in the browser until it comes back with a code: sealed, so that nobody else can read or make it.
struct BrowserLogin: Codable, Hashable, Sendable {
    var state: String
    var verifier: String
    /// Where the person wanted to go.
    var returnTo: String
    var begunAt: Date

    /// How long a login may take.
    static let lifetime: TimeInterval = 900

    /// Whether this is the login that a browser comes back from.
    func isAnswered(by state: String, at now: Date) -> Bool {
        self.state == state && now.timeIntervalSince(begunAt) < Self.lifetime
    }
}

/// A place on our own pages, to which a login leads back.
enum ReturnPath {
    /// The path, if it is one of ours, and otherwise the start page: a link to a login must not lead people to another site (RFC 9700,
    /// section 4.11). Browsers read `//host`, `/\host` and a path with a tab or a line break in it as addresses of other hosts.
    static func checked(_ text: String?) -> String {
        guard let text, text.utf8.count <= 1000, text.hasPrefix("/"), !text.hasPrefix("//"),
            text.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F && $0 != UInt8(ascii: "\\") && $0 != UInt8(ascii: "\"") }),
            // A login that leads to a login does not end.
            !text.hasPrefix("/auth/")
        else { return "/" }
        return text
    }
}
