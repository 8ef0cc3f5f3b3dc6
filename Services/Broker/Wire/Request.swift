import NIOCore

/// A request as it came in: its API, its version, its session, and a reader at the start of its body.
struct Request {
    let api: API
    let version: Int16
    let clientID: String
    let session: Session
    private let body: WireReader

    /// The part that is read before we know whether we can read the rest.
    struct Header {
        let key: Int16
        let version: Int16
        let correlationID: Int32

        init(_ frame: inout ByteBuffer) throws {
            guard let fields = frame.readMultipleIntegers(as: (Int16, Int16, Int32).self) else {
                throw WireReader.Malformed(what: "request header")
            }
            (key, version, correlationID) = fields
        }
    }

    /// Reads the rest of the header. The client's id keeps its old form even where the header is flexible.
    init(_ api: API, _ header: Header, rest: ByteBuffer, session: Session) throws {
        self.api = api
        version = header.version
        self.session = session
        var fixed = WireReader(rest, isFlexible: false)
        clientID = try fixed.nullableString() ?? ""
        var body = WireReader(fixed.rest, isFlexible: api.isFlexible(header.version))
        try body.tags()
        self.body = body
    }

    func read<T>(_ decode: (inout WireReader) throws -> T) throws -> T {
        var body = body
        return try decode(&body)
    }
}
