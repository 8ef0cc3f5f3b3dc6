public import ServiceKit

/// Where a daemon keeps files: in a folder, or in a bucket of an S3 service.
///
/// - `OBJECT_STORE_FOLDER`: a folder of this machine
/// - `OBJECT_STORE_BUCKET`: a bucket, with `OBJECT_STORE_ENDPOINT`, `OBJECT_STORE_REGION`, `OBJECT_STORE_STYLE`, `OBJECT_STORE_ACCESS_KEY` and
///   `OBJECT_STORE_SECRET_KEY`; it counts before the folder
public struct ObjectStoreSettings: Sendable {
    public var folder: String?
    public var bucket: BucketSettings?

    public init(_ environment: Environment) {
        folder = environment.optionalText(
            "OBJECT_STORE_FOLDER",
            "the folder in which files are kept, such as attachments"
        )
        let bucket =
            environment.value(
                .init(
                    "OBJECT_STORE_BUCKET",
                    "the S3 bucket in which files are kept, instead of the folder",
                    default: ""
                ),
                expected: "the name of a bucket: 3 to 63 small letters, digits and hyphens"
            ) { $0.isEmpty || BucketSettings.isName($0) ? $0 : nil } ?? ""
        // What a bucket needs is only asked for if there is one.
        let fallback: String? = bucket.isEmpty ? "" : nil
        let endpoint =
            environment.value(
                .init("OBJECT_STORE_ENDPOINT", "the S3 service: https://host:port", default: fallback),
                expected: "a URL such as https://s3.eu-central-1.amazonaws.com, without a path"
            ) { $0.isEmpty || BucketSettings.place(of: $0) != nil ? $0 : nil } ?? ""
        let region = environment.text(
            .init("OBJECT_STORE_REGION", "the region of the S3 service", default: "us-east-1")
        )
        let style = environment.choice(
            .init(
                "OBJECT_STORE_STYLE",
                "how URLs name the bucket: path (https://host/bucket) or host (https://bucket.host)",
                default: "path"
            ),
            as: BucketSettings.Style.self
        )
        let accessKey = environment.text(
            .init("OBJECT_STORE_ACCESS_KEY", "who the daemon is to the S3 service", default: fallback)
        )
        let secretKey = environment.text(
            .init("OBJECT_STORE_SECRET_KEY", "the secret of OBJECT_STORE_ACCESS_KEY", default: fallback, isSecret: true)
        )
        guard !bucket.isEmpty else { return }
        self.bucket = BucketSettings(
            bucket: bucket,
            endpoint: endpoint,
            region: region,
            style: style ?? .path,
            accessKey: accessKey,
            secretKey: secretKey
        )
    }

    /// The store; `nil` if none is set.
    public var store: ObjectStore? { bucket.map(ObjectStore.init) ?? folder.map(ObjectStore.init) }
}
