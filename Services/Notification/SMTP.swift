import CCurl
import Dispatch
import Foundation

/// How to reach the mail server.
struct SMTPSettings: Sendable {
    var url: String
    var sender: String
    var user: String?
    var password: String?

    /// Whether TLS is required: a name and a password are sent, and not only to this machine.
    var requiresTLS: Bool {
        guard user != nil else { return false }
        let host = URLComponents(string: url)?.host ?? ""
        return !(host == "localhost" || host.hasPrefix("127.") || host == "[::1]" || host == "::1")
    }
}

/// Why a mail was not accepted, in the words of the mail server or of libcurl.
struct MailRefused: Error, CustomStringConvertible {
    let description: String
    /// Whether the server will never accept this mail.
    var isPermanent = false
}

/// Sends mails over SMTP (RFC 5321) with libcurl. It uses STARTTLS if the server offers it, and authentication if it is configured; then
/// TLS is required.
struct SMTP: Sendable {
    private let settings: SMTPSettings
    private static let queue = DispatchQueue(label: "dcmms.smtp", attributes: .concurrent)

    init(_ settings: SMTPSettings) {
        self.settings = settings
    }

    /// Sends a mail. When this returns, the server has accepted it.
    ///
    /// - Parameter id: The `Message-ID`. It is the same for each attempt, so that a mail that arrives twice can be recognized.
    func send(_ mail: Message, id: String, at now: Date) async throws {
        let (settings, recipient) = (settings, mail.recipient)
        let message = Self.message(
            from: settings.sender,
            to: recipient,
            subject: mail.subject,
            body: mail.body,
            id: id,
            at: now
        )
        try await withCheckedThrowingContinuation { (continuation: CheckedContinuation<Void, any Error>) in
            Self.queue.async {
                continuation.resume(with: Result { try Self.transfer(message, to: recipient, settings) })
            }
        }
    }

    /// A mail in the form of RFC 5322. A header value can't add further header fields.
    static func message(
        from sender: String,
        to recipient: String,
        subject: String,
        body: String,
        id: String,
        at now: Date
    ) -> [UInt8] {
        func line(_ text: String) -> String { text.filter { !$0.isNewline } }
        let formatter = DateFormatter()
        formatter.locale = Locale(identifier: "en_US_POSIX")
        formatter.timeZone = .gmt
        formatter.dateFormat = "EEE, dd MMM yyyy HH:mm:ss Z"
        let lines = [
            "Date: \(formatter.string(from: now))", "From: dCMMS <\(line(sender))>", "To: <\(line(recipient))>",
            MailHeader.field("Subject", subject), "Message-ID: <\(id)@dcmms>",
            "MIME-Version: 1.0", "Content-Type: text/plain; charset=utf-8", "Content-Transfer-Encoding: 8bit", "",
        ]
        let text = body.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
        return Array((lines + text).joined(separator: "\r\n").utf8) + Array("\r\n".utf8)
    }

    /// The text of a mail, which libcurl reads.
    private final class Source {
        private var rest: ArraySlice<UInt8>
        /// Whether the server has asked for the text.
        private(set) var hasBegun = false

        init(_ bytes: [UInt8]) {
            rest = bytes[...]
        }

        func next(_ count: Int) -> ArraySlice<UInt8> {
            hasBegun = true
            defer { rest = rest.dropFirst(count) }
            return rest.prefix(count)
        }
    }

    private static func transfer(_ message: [UInt8], to recipient: String, _ settings: SMTPSettings) throws {
        guard let curl = curl_easy_init() else { throw MailRefused(description: "out of memory") }
        defer { curl_easy_cleanup(curl) }
        let source = Source(message)
        let recipients = curl_slist_append(nil, "<\(recipient)>")
        defer { curl_slist_free_all(recipients) }
        dcmms_curl_set_text(curl, CURLOPT_URL, settings.url)
        dcmms_curl_set_text(curl, CURLOPT_MAIL_FROM, "<\(settings.sender)>")
        dcmms_curl_set_list(curl, CURLOPT_MAIL_RCPT, recipients)
        let tls = settings.requiresTLS ? CURLUSESSL_ALL : CURLUSESSL_TRY
        dcmms_curl_set_long(curl, CURLOPT_USE_SSL, Int(tls.rawValue))
        dcmms_curl_set_long(curl, CURLOPT_TIMEOUT, 15)
        dcmms_curl_set_long(curl, CURLOPT_NOSIGNAL, 1)
        dcmms_curl_set_long(curl, CURLOPT_UPLOAD, 1)
        if let user = settings.user, let password = settings.password {
            dcmms_curl_set_text(curl, CURLOPT_USERNAME, user)
            dcmms_curl_set_text(curl, CURLOPT_PASSWORD, password)
        }
        dcmms_curl_set_pointer(curl, CURLOPT_READDATA, Unmanaged.passUnretained(source).toOpaque())
        dcmms_curl_set_reader(curl) { buffer, size, count, context in
            guard let buffer, let context else { return 0 }
            let source = Unmanaged<Source>.fromOpaque(context).takeUnretainedValue()
            let chunk = source.next(size * count)
            chunk.withUnsafeBytes {
                UnsafeMutableRawPointer(buffer).copyMemory(
                    from: $0.baseAddress ?? UnsafeRawPointer(buffer),
                    byteCount: $0.count
                )
            }
            return chunk.count
        }
        let code = withExtendedLifetime(source) { curl_easy_perform(curl) }
        guard code == CURLE_OK else {
            let reply = dcmms_curl_response_code(curl)
            let words = reply == 0 ? "" : ", the server's answer was \(reply)"
            throw MailRefused(
                description: String(cString: curl_easy_strerror(code)) + words,
                isPermanent: isPermanent(code, reply, hasBegun: source.hasBegun)
            )
        }
    }

    /// A 5xx for the mail itself is permanent (RFC 5321, 4.2.1). A 5xx for the connection or the login is not: a server that is being set up
    /// answers like this until a person has fixed it.
    private static func isPermanent(_ code: CURLcode, _ reply: Int, hasBegun: Bool) -> Bool {
        guard (500...599).contains(reply), ![530, 534, 535, 538].contains(reply) else { return false }
        // libcurl reports a refused MAIL, RCPT or DATA as an error in sending. It reports a refused text as a strange answer, and does the
        // same for a refusal in place of a greeting.
        return code == CURLE_SEND_ERROR || (code == CURLE_WEIRD_SERVER_REPLY && hasBegun)
    }
}
