/// Which bucket of which S3 service, and who uses it.
public struct BucketSettings: Sendable {
    /// How the bucket is named in a request's URL.
    public enum Style: String, CaseIterable, Sendable {
        /// `https://host/bucket/key`: services of one's own, such as MinIO or Ceph.
        case path
        /// `https://bucket.host/key`: Amazon.
        case host
    }

    public var bucket: String
    /// Such as `https://s3.eu-central-1.amazonaws.com`, without a path.
    public var endpoint: String
    public var region: String
    public var style: Style
    public var accessKey: String
    public var secretKey: String
    /// How long an answer can take to begin, and how long nothing of it can come. Sending gets more time for what is sent.
    public var timeout: Duration = .seconds(20)
    /// How often a request is sent at most.
    public var attempts = 4

    public init(
        bucket: String,
        endpoint: String,
        region: String,
        style: Style,
        accessKey: String,
        secretKey: String
    ) {
        self.bucket = bucket
        self.endpoint = endpoint
        self.region = region
        self.style = style
        self.accessKey = accessKey
        self.secretKey = secretKey
    }

    /// The scheme, and the host with its port: `https`, `minio:9000`.
    ///
    /// - Returns: `nil` if the text is no such URL.
    public static func place(of endpoint: String) -> (scheme: String, host: String)? {
        for scheme in ["https", "http"] where endpoint.hasPrefix("\(scheme)://") {
            let rest = endpoint.dropFirst(scheme.count + 3)
            let host = rest.hasSuffix("/") ? String(rest.dropLast()) : String(rest)
            guard !host.isEmpty, !host.contains(where: { "/?#@ ".contains($0) }) else { return nil }
            return (scheme, host.lowercased())
        }
        return nil
    }

    /// Whether it can be a bucket's name: Amazon's rules, without dots, which certificates of hosts can't cover.
    public static func isName(_ bucket: String) -> Bool {
        (3...63).contains(bucket.utf8.count) && bucket.first != "-" && bucket.last != "-"
            && bucket.allSatisfy { $0.isASCII && ($0.isLowercase || $0.isNumber || $0 == "-") }
    }
}
