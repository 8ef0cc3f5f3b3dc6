import CCurl
import Dispatch
import Foundation
import Identifiers
import Synchronization

/// A request to a receiver.
struct WebhookRequest: Sendable {
    var url: WebhookURL
    var headers: [(name: String, value: String)]
    var body: String
}

/// How receivers are reached. A name is resolved for each attempt, every address that it has must be public, and the connection goes to an address
/// that was checked: whoever owns the name can't lead it into our own network a moment later.
struct WebhookNetwork: Sendable {
    /// Whether receivers can be on this machine or in a private network: for development.
    var allowsLocal: Bool
    /// The addresses of a name; none if it has none.
    var resolve: @Sendable (String) async -> [IPAddress]
    var post: @Sendable (WebhookRequest, IPAddress) async -> WebhookAnswer

    /// How long a receiver has for an answer.
    static let timeout = 10_000

    init(
        allowsLocal: Bool = false,
        resolve: @escaping @Sendable (String) async -> [IPAddress] = { await HostNames.addresses(of: $0) },
        post: @escaping @Sendable (WebhookRequest, IPAddress) async -> WebhookAnswer = { await Curl.post($0, to: $1) }
    ) {
        (self.allowsLocal, self.resolve, self.post) = (allowsLocal, resolve, post)
    }

    /// - Returns: The URL, and the addresses that it may be called at.
    /// - Throws: ``WebhookRefusal`` when it can't be called.
    func check(_ text: String) async throws(WebhookRefusal) -> (WebhookURL, [IPAddress]) {
        guard let url = WebhookURL(text, allowingLocal: allowsLocal) else { throw .notAllowed }
        let addresses = if let address = url.address { [address] } else { await resolve(url.host) }
        guard !addresses.isEmpty else { throw .hostUnknown }
        // All of them: otherwise chance would decide where it leads.
        guard allowsLocal || addresses.allSatisfy(\.isPublic) else { throw .addressNotPublic }
        return (url, addresses)
    }

    /// Posts a message.
    func send(_ text: String, _ headers: [(name: String, value: String)], _ body: String) async -> WebhookAnswer {
        do {
            let (url, addresses) = try await check(text)
            let request = WebhookRequest(url: url, headers: headers, body: body)
            let answer = await post(request, addresses[0])
            // The other kind of address, where this machine has no way to the first one.
            guard answer.status == nil, answer.milliseconds < Self.timeout / 2, addresses.count > 1 else {
                return answer
            }
            return await post(request, addresses[1])
        } catch {
            return .failed(Self.words(error), in: 0)
        }
    }

    private static func words(_ refusal: WebhookRefusal) -> String {
        switch refusal {
        case .hostUnknown: "the host name has no address"
        case .addressNotPublic: "the address is not public"
        default: "the URL can't be called"
        }
    }
}

/// The system's resolver, which blocks: it has threads of its own.
enum HostNames {
    private static let queue = DispatchQueue(label: "dcmms.host-names", attributes: .concurrent)

    static func addresses(of name: String) async -> [IPAddress] {
        await withCheckedContinuation { continuation in
            queue.async { continuation.resume(returning: lookUp(name)) }
        }
    }

    private static func lookUp(_ name: String) -> [IPAddress] {
        var hints = addrinfo()
        hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        var first: UnsafeMutablePointer<addrinfo>?
        guard getaddrinfo(name, nil, &hints, &first) == 0 else { return [] }
        defer { freeaddrinfo(first) }
        var found: [IPAddress] = []
        var entry = first
        while let info = entry?.pointee {
            var text = [CChar](repeating: 0, count: Int(NI_MAXHOST))
            let length = socklen_t(text.count)
            if getnameinfo(info.ai_addr, info.ai_addrlen, &text, length, nil, 0, NI_NUMERICHOST) == 0,
                let address = IPAddress(
                    String(decoding: text.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
                ),
                !found.contains(address)
            {
                found.append(address)
            }
            entry = info.ai_next
        }
        return found
    }
}

/// Posts with libcurl, which blocks: it has threads of its own.
enum Curl {
    private static let queue = DispatchQueue(label: "dcmms.webhooks", attributes: .concurrent)

    static func post(_ request: WebhookRequest, to address: IPAddress) async -> WebhookAnswer {
        await withCheckedContinuation { continuation in
            queue.async { continuation.resume(returning: transfer(request, to: address)) }
        }
    }

    /// The beginning of an answer, which libcurl writes.
    private final class Sink {
        var bytes: [UInt8] = []

        /// - Returns: Whether more is wanted.
        func take(_ new: UnsafeRawBufferPointer) -> Bool {
            bytes += new.prefix(WebhookDelivery.largestAnswer - bytes.count)
            return bytes.count < WebhookDelivery.largestAnswer
        }
    }

    private static func transfer(_ request: WebhookRequest, to address: IPAddress) -> WebhookAnswer {
        let start = ContinuousClock.now
        func elapsed() -> Int {
            let time = (ContinuousClock.now - start).components
            return Int(time.seconds * 1000 + time.attoseconds / 1_000_000_000_000_000)
        }
        guard let curl = curl_easy_init() else { return .failed("out of memory", in: 0) }
        defer { curl_easy_cleanup(curl) }
        var headers: UnsafeMutablePointer<curl_slist>?
        defer { curl_slist_free_all(headers) }
        for (name, value) in request.headers { headers = curl_slist_append(headers, "\(name): \(value)") }
        // Whatever the URL's host and port are: the connection goes there.
        let place = address.bytes.count == 4 ? "\(address)" : "[\(address)]"
        let pinned = curl_slist_append(nil, "::\(place):\(request.url.port)")
        defer { curl_slist_free_all(pinned) }
        let sink = Sink()
        dcmms_curl_set_text(curl, CURLOPT_URL, request.url.text)
        dcmms_curl_set_text(curl, CURLOPT_PROTOCOLS_STR, request.url.isSecure ? "https" : "http")
        dcmms_curl_set_list(curl, CURLOPT_CONNECT_TO, pinned)
        // No proxy of the environment: it would resolve the name once more.
        dcmms_curl_set_text(curl, CURLOPT_PROXY, "")
        dcmms_curl_set_long(curl, CURLOPT_FOLLOWLOCATION, 0)
        dcmms_curl_set_long(curl, CURLOPT_TIMEOUT_MS, WebhookNetwork.timeout)
        dcmms_curl_set_long(curl, CURLOPT_NOSIGNAL, 1)
        dcmms_curl_set_list(curl, CURLOPT_HTTPHEADER, headers)
        dcmms_curl_set_long(curl, CURLOPT_POST, 1)
        dcmms_curl_set_long(curl, CURLOPT_POSTFIELDSIZE, request.body.utf8.count)
        dcmms_curl_set_text(curl, CURLOPT_COPYPOSTFIELDS, request.body)
        dcmms_curl_set_pointer(curl, CURLOPT_WRITEDATA, Unmanaged.passUnretained(sink).toOpaque())
        dcmms_curl_set_writer(curl) { buffer, size, count, context in
            guard let buffer, let context else { return 0 }
            let sink = Unmanaged<Sink>.fromOpaque(context).takeUnretainedValue()
            // Less than there is ends the transfer: the rest is not read.
            return sink.take(UnsafeRawBufferPointer(start: buffer, count: size * count)) ? size * count : 0
        }
        let code = withExtendedLifetime(sink) { curl_easy_perform(curl) }
        let status = dcmms_curl_response_code(curl)
        let isCut = code == CURLE_WRITE_ERROR && sink.bytes.count == WebhookDelivery.largestAnswer
        guard code == CURLE_OK || isCut, status > 0 else {
            return .failed(String(cString: curl_easy_strerror(code)), in: elapsed())
        }
        // What PostgreSQL can keep, and people can read.
        let text = String(decoding: sink.bytes, as: UTF8.self).filter { $0.isNewline || $0 == "\t" || !$0.isControl }
        return .answered(status, text, in: elapsed())
    }
}

extension Character {
    fileprivate var isControl: Bool { unicodeScalars.contains { $0.properties.generalCategory == .control } }
}
