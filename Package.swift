// swift-tools-version:6.2

import PackageDescription

// One line a target. `daemon` is an executable under Services/, `shared` a library under Shared/, `tests` a suite under
// Tests/. No target under Services/ may depend on another one: daemons meet only on Kafka topics (`make lint` checks it).

// The fleet: each is the program `dcmms-<name>`, and has its entry in Shared/LocalFleet/Catalogue.swift.
let fleet: [Target] = [
    daemon(
        "Gateway",
        [
            "APIDocuments", "Localization", "RedisClient", "Responses", "Sealing", .asyncHTTPClient, .crypto,
            .httpTypes, .nioCore,
            .nioHTTP1,
            .nioPosix,
        ],
        exclude: ["Web"]
    ),
    daemon(
        "Auth",
        [
            "AccessSQL", "Localization", "Messaging", "Postgres", "RedisClient", "Sealing", "SignedXML", "WebAuthn",
            .argumentParser, .asyncHTTPClient, .crypto, .cryptoExtras, .httpTypes, .jwt, .nioCore, .nioHTTP1, .nioPosix,
        ],
        embedsFiles: true
    ),
    daemon(
        "WorkOrders",
        [
            "AccessSQL", "CCurl", "MalwareScan", "Messaging", "Money", "ObjectStore", "Postgres", "Responses",
            "Sealing",
            .crypto,
            .httpTypes,
            .nioCore,
        ],
        embedsFiles: true
    ),
    daemon(
        "Assets",
        ["AccessSQL", "Messaging", "Postgres", "RedisClient", "Responses", .httpTypes],
        embedsFiles: true
    ),
    daemon("MobileSync", ["AccessSQL", "Messaging", "Postgres", "Responses", .httpTypes], embedsFiles: true),
    daemon(
        "Notification",
        ["AccessSQL", "CCurl", "Localization", "Messaging", "Postgres", "Sealing", .httpTypes],
        embedsFiles: true
    ),
    daemon("TelemetryIngest", ["MQTT"]),
    daemon("StreamProcessor", ["AccessSQL", "Messaging", "Postgres", .collections], embedsFiles: true),
    daemon(
        "MLScoring",
        ["AccessSQL", "Messaging", "Postgres", "RedisClient", .httpTypes],
        embedsFiles: true,
        exclude: ["Training"]
    ),
]

let package = Package(
    name: "dCMMS",
    platforms: [.macOS(.v15)],
    products: fleet.map { .executable(name: "dcmms-\(kebab($0.name))", targets: [$0.name]) } + [
        .executable(name: "dcmms-edge", targets: ["Edge"]),
        .executable(name: "dcmms-broker", targets: ["Broker"]),
        .executable(name: "dcmms-local", targets: ["LocalStack"]),
        .executable(name: "dcmms-bench", targets: ["Bench"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/apple/swift-asn1", from: "1.0.0"),
        .package(url: "https://github.com/apple/swift-certificates", from: "1.21.1"),
        .package(url: "https://github.com/apple/swift-collections", from: "1.6.0"),
        .package(url: "https://github.com/apple/swift-configuration", from: "1.4.0"),
        .package(url: "https://github.com/apple/swift-crypto", from: "4.5.2"),
        .package(url: "https://github.com/apple/swift-http-types", from: "1.8.0"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
        .package(url: "https://github.com/apple/swift-nio-extras", from: "1.35.2"),
        .package(url: "https://github.com/apple/swift-nio-ssl", from: "2.37.6"),
        .package(url: "https://github.com/hummingbird-project/hummingbird", from: "2.28.1"),
        .package(url: "https://github.com/swift-server/async-http-client", from: "1.37.0"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
        .package(url: "https://github.com/vapor/jwt-kit", from: "5.7.1"),
    ],
    targets: fleet + [
        // C libraries, from the system's packages.
        .systemLibrary(
            name: "CRdkafka",
            path: "Shared/CRdkafka",
            pkgConfig: "rdkafka",
            providers: [.apt(["librdkafka-dev"])]
        ),
        .systemLibrary(name: "CLibpq", path: "Shared/CLibpq", pkgConfig: "libpq", providers: [.apt(["libpq-dev"])]),
        // No pkgConfig: SwiftPM refuses the -D flag that hiredis.pc carries.
        .systemLibrary(name: "CHiredis", path: "Shared/CHiredis", providers: [.apt(["libhiredis-dev"])]),
        .systemLibrary(
            name: "CMosquitto",
            path: "Shared/CMosquitto",
            pkgConfig: "libmosquitto",
            providers: [.apt(["libmosquitto-dev"])]
        ),
        .systemLibrary(
            name: "CCurl",
            path: "Shared/CCurl",
            pkgConfig: "libcurl",
            providers: [.apt(["libcurl4-openssl-dev"])]
        ),
        .systemLibrary(
            name: "CLibXML",
            path: "Shared/CLibXML",
            pkgConfig: "libxml-2.0",
            providers: [.apt(["libxml2-dev"])]
        ),
        // A target of its own, because SwiftPM refuses the -D flags that xmlsec1.pc carries; they are part of the library's binary interface.
        .target(
            name: "CXMLSec",
            path: "Shared/CXMLSec",
            cSettings: [
                .define("XMLSEC_NO_SIZE_T"), .define("XMLSEC_CRYPTO_OPENSSL"), .define("XMLSEC_NO_GOST"),
                .define("XMLSEC_NO_GOST2012"), .define("XMLSEC_NO_CRYPTO_DYNAMIC_LOADING"),
                .unsafeFlags(["-isystem/usr/include/xmlsec1", "-isystem/usr/include/libxml2"]),
            ],
            linkerSettings: [
                .linkedLibrary("xmlsec1-openssl"), .linkedLibrary("xmlsec1"), .linkedLibrary("xml2"),
                .linkedLibrary("crypto"),
            ]
        ),

        .systemLibrary(name: "CFido", path: "Shared/CFido", pkgConfig: "libfido2", providers: [.apt(["libfido2-dev"])]),

        // Nothing but a header: an instruction that Swift has no intrinsic for.
        .systemLibrary(name: "CCRC32C", path: "Shared/CCRC32C"),

        // Shared libraries.
        shared("Instants"),
        shared("Identifiers", ["Instants", .crypto]),
        shared("Access", ["EventSchema", "Identifiers"]),
        shared("AccessSQL", ["Access", "Identifiers", "Postgres"]),
        shared("Commands", ["EventSchema", "Identifiers"]),
        shared("Kafka", ["CRdkafka", .log, .lifecycle]),
        shared("Postgres", ["CLibpq", "Identifiers", "Instants", .lifecycle]),
        shared("Money", ["Commands", "Postgres"]),
        shared("RedisClient", ["CHiredis", .log]),
        shared("MQTT", ["CMosquitto", .log]),
        shared("Avro", ["Instants"]),
        shared("Sealing", [.crypto]),
        shared("SignedXML", ["CLibXML", "CXMLSec"]),
        shared("WebAuthn", ["CFido", "Commands", .crypto]),
        shared("Localization", plugins: ["EmbedTexts"]),
        shared("EventSchema", ["Avro", "Identifiers"], resources: [.embedInCode("Schemas")]),
        shared(
            "ServiceKit",
            [
                "Access", "Commands", "EventSchema", "Identifiers", "Kafka", "Localization", "Sealing",
                .asyncHTTPClient,
                .configuration,
                .httpTypes, .hummingbird, .hummingbirdCore, .hummingbirdHTTP2, .jwt, .crypto, .lifecycle, .log,
                .nioCore,
                .nioHTTP1, .nioHTTPTypes, .nioHTTPTypesHTTP1, .nioPosix, .nioSSL, .nioTLS, .nioWebSocket,
            ]
        ),
        shared("Responses", ["Commands", "EventSchema", "Identifiers", "ServiceKit"]),
        shared(
            "Messaging",
            [
                "Access", "Avro", "Commands", "EventSchema", "Identifiers", "Kafka", "Postgres", "Sealing",
                "ServiceKit",
                .argumentParser,
                .httpTypes,
                .lifecycle,
                .log,
            ]
        ),
        shared("LocalServers"),
        // A bucket of S3 is a store like a database: besides the gateway and identity providers, it is the only thing that a daemon speaks
        // HTTP with. (ADR 0050)
        shared("ObjectStore", ["ServiceKit", "SignedXML", .asyncHTTPClient, .crypto, .nioCore, .nioHTTP1, .nioPosix]),
        shared("MalwareScan", ["ServiceKit", .nioCore, .nioPosix]),
        shared("LocalFleet", ["EventSchema", "LocalServers", "Postgres", .asyncHTTPClient, .nioCore, .nioHTTP1]),

        // The committed OpenAPI documents, which are the gateway's table of routes.
        .target(
            name: "APIDocuments",
            dependencies: ["Commands"],
            path: "docs/api",
            exclude: ["CHANGES.md", "gateway.json", "released.json"],
            swiftSettings: strict(),
            plugins: ["EmbedFiles"]
        ),
        .plugin(name: "EmbedFiles", capability: .buildTool(), exclude: ["embed-files.sh"]),
        .plugin(name: "EmbedTexts", capability: .buildTool(), exclude: ["embed-texts.sh"]),

        // Programs beside the fleet.
        .executableTarget(
            name: "Edge",
            dependencies: ["EventSchema", "Identifiers", "MQTT", .argumentParser, .log],
            path: "Services/Edge",
            swiftSettings: strict()
        ),
        .executableTarget(
            name: "Broker",
            dependencies: [
                "Avro", "CCRC32C", .argumentParser, .asn1, .collections, .crypto, .cryptoExtras, .lifecycle, .log,
                .nioCore, .nioHTTP1, .nioPosix, .nioSSL, .unixSignals, .x509,
            ],
            path: "Services/Broker",
            swiftSettings: strict()
        ),
        .executableTarget(
            name: "LocalStack",
            dependencies: ["LocalFleet", "LocalServers", "Localization", .argumentParser],
            path: "Services/LocalStack",
            swiftSettings: strict()
        ),
        .executableTarget(
            name: "Bench",
            dependencies: [
                "CRdkafka", "EventSchema", "Identifiers", "Kafka", "LocalFleet", "LocalServers", "MQTT", "Postgres",
                "ServiceKit",
                .argumentParser,
                .asyncHTTPClient, .cryptoExtras, .log, .nioCore, .nioHTTP1, .nioPosix,
            ],
            path: "Services/Bench",
            exclude: ["API/Peer"],
            swiftSettings: strict()
        ),

        // Tests.
        .target(
            name: "TestSupport",
            dependencies: [
                "Access", "Commands", "EventSchema", "Identifiers", "Kafka", "LocalServers", "Messaging", "Postgres",
                "Sealing", "ServiceKit", .cryptoExtras, .httpTypes, .hummingbird, .hummingbirdTesting, .jwt, .log,
                .nioCore,
                .nioPosix, .nioSSL,
            ],
            path: "Tests/Support",
            swiftSettings: strict()
        ),
        tests("Identifiers"),
        tests("Access"),
        tests("Commands"),
        tests("Money", ["Postgres"]),
        tests("LocalServers", ["Postgres"]),
        tests(
            "ObjectStore",
            ["ServiceKit", .asyncHTTPClient, .crypto, .nioCore, .nioHTTP1],
            exclude: ["Server"]
        ),
        tests("MalwareScan", [.nioCore, .nioPosix]),
        tests("Kafka"),
        tests("Postgres"),
        tests("RedisClient"),
        tests("MQTT"),
        tests("Avro"),
        tests("Sealing"),
        tests("SignedXML", [.crypto, .cryptoExtras]),
        tests("WebAuthn", [.crypto, .cryptoExtras, .x509, .asn1]),
        tests("Localization"),
        tests("EventSchema", ["Avro"]),
        tests(
            "ServiceKit",
            [
                "Kafka", "Localization", "Sealing", .asyncHTTPClient, .nioCore, .nioHTTP1, .nioSSL, .nioWebSocket,
                .lifecycle,
                .httpTypes,
                .hummingbird, .hummingbirdTesting, .jwt,
            ]
        ),
        tests("Messaging", ["Kafka", "Postgres", "ServiceKit", .httpTypes, .hummingbird, .lifecycle]),
        tests(
            "Broker",
            [
                "Avro", "Kafka", "ServiceKit", .asyncHTTPClient, .crypto, .cryptoExtras, .nioCore, .nioHTTP1, .nioPosix,
                .nioSSL,
            ],
            exclude: ["Clients/JavaClient.java", "Clients/confluent.py", "Clients/kafka_python.py"]
        ),
        tests(
            "Gateway",
            [
                "APIDocuments", .asyncHTTPClient, .httpTypes, .hummingbird, .hummingbirdTesting, .nioCore, .nioHTTP1,
                .lifecycle, .nioEmbedded, .nioSSL, "Kafka", "Localization", "RedisClient", "Sealing", "ServiceKit",
            ],
            exclude: ["Clients/live.py"]
        ),
        tests(
            "Auth",
            [
                .asyncHTTPClient, .crypto, .cryptoExtras, .httpTypes, .hummingbird, .hummingbirdTesting, .nioCore,
                .nioHTTP1,
                "Kafka", "Localization", "Messaging", "Postgres", "RedisClient", "Sealing", "ServiceKit", "SignedXML",
                "WebAuthn",
            ]
        ),
        tests(
            "WorkOrders",
            [
                .crypto, .nioCore, .nioHTTP1, .nioPosix, .httpTypes, .hummingbird, .hummingbirdTesting, "MalwareScan",
                "Messaging", "Money", "ObjectStore",
                "Postgres", "Responses", "Sealing", "ServiceKit",
            ]
        ),
        tests(
            "Assets",
            [
                .asyncHTTPClient, .httpTypes, .nioCore, .nioHTTP1, "Kafka", "Messaging", "Postgres", "RedisClient",
                "Responses", "ServiceKit",
            ]
        ),
        tests("MobileSync", [.httpTypes, "Messaging", "Postgres", "Responses", "ServiceKit"]),
        tests(
            "Notification",
            [.httpTypes, "Kafka", "Messaging", "Postgres", "Sealing", "ServiceKit", .lifecycle]
        ),
        tests("TelemetryIngest", ["MQTT", "Kafka", "Postgres", .asyncHTTPClient]),
        tests("StreamProcessor", [.httpTypes, "Kafka", "Messaging", "Postgres", "ServiceKit", .lifecycle]),
        tests("MLScoring", [.httpTypes, "Messaging", "Postgres", "RedisClient", "ServiceKit"]),
        tests("Edge", ["MQTT"]),
        .testTarget(
            name: "FleetTests",
            dependencies: [
                "Access", "Auth", "TestSupport", "EventSchema", "Kafka", "LocalFleet", "LocalServers", "Postgres",
                .asyncHTTPClient, .log, .nioCore,
            ],
            path: "Tests/FleetTests",
            swiftSettings: strict()
        ),
    ],
    swiftLanguageModes: [.v6]
)

// MARK: - Helpers

/// `MLScoring` as the names of programs have it: `ml-scoring`.
func kebab(_ name: String) -> String {
    let letters = Array(name)
    return letters.indices.map { index in
        // A word begins with a capital letter before a small one, or after one.
        let begins =
            index > 0 && letters[index].isUppercase
            && (letters[index - 1].isLowercase || (index + 1 < letters.count && letters[index + 1].isLowercase))
        return (begins ? "-" : "") + letters[index].lowercased()
    }.joined()
}

/// The compiler is the first linter: Swift 6 mode, stricter imports, and every warning is an error.
func strict() -> [SwiftSetting] {
    [
        .enableUpcomingFeature("ExistentialAny"),
        .enableUpcomingFeature("InternalImportsByDefault"),
        .enableUpcomingFeature("MemberImportVisibility"),
        .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
        .treatAllWarnings(as: .error),
    ]
}

func shared(
    _ name: String,
    _ dependencies: [Target.Dependency] = [],
    resources: [Resource] = [],
    plugins: [Target.PluginUsage] = []
) -> Target {
    .target(
        name: name,
        dependencies: dependencies,
        path: "Shared/\(name)",
        resources: resources,
        swiftSettings: strict(),
        plugins: plugins
    )
}

func daemon(
    _ name: String,
    _ dependencies: [Target.Dependency],
    embedsFiles: Bool = false,
    exclude: [String] = []
) -> Target {
    .executableTarget(
        name: name,
        dependencies: [
            "Access", "Commands", "EventSchema", "Identifiers", "Kafka", "ServiceKit", .configuration, .hummingbird,
            .lifecycle,
            .log,
        ] + dependencies,
        path: "Services/\(name)",
        exclude: exclude,
        swiftSettings: strict(),
        plugins: embedsFiles ? ["EmbedFiles"] : []
    )
}

func tests(_ name: String, _ dependencies: [Target.Dependency] = [], exclude: [String] = []) -> Target {
    .testTarget(
        name: "\(name)Tests",
        dependencies: Set([name, "Access", "Commands", "EventSchema", "Identifiers", "LocalServers", "TestSupport"])
            .sorted().map {
                .byName(name: $0)
            }
            + [.log] + dependencies,
        path: "Tests/\(name)Tests",
        exclude: exclude,
        swiftSettings: strict()
    )
}

extension Target.Dependency {
    static var argumentParser: Self { .product(name: "ArgumentParser", package: "swift-argument-parser") }
    static var asn1: Self { .product(name: "SwiftASN1", package: "swift-asn1") }
    static var asyncHTTPClient: Self { .product(name: "AsyncHTTPClient", package: "async-http-client") }
    static var collections: Self { .product(name: "Collections", package: "swift-collections") }
    static var configuration: Self { .product(name: "Configuration", package: "swift-configuration") }
    static var crypto: Self { .product(name: "Crypto", package: "swift-crypto") }
    static var cryptoExtras: Self { .product(name: "CryptoExtras", package: "swift-crypto") }
    static var httpTypes: Self { .product(name: "HTTPTypes", package: "swift-http-types") }
    static var hummingbird: Self { .product(name: "Hummingbird", package: "hummingbird") }
    static var hummingbirdCore: Self { .product(name: "HummingbirdCore", package: "hummingbird") }
    static var hummingbirdHTTP2: Self { .product(name: "HummingbirdHTTP2", package: "hummingbird") }
    static var hummingbirdTesting: Self { .product(name: "HummingbirdTesting", package: "hummingbird") }
    static var jwt: Self { .product(name: "JWTKit", package: "jwt-kit") }
    static var lifecycle: Self { .product(name: "ServiceLifecycle", package: "swift-service-lifecycle") }
    static var log: Self { .product(name: "Logging", package: "swift-log") }
    static var nioCore: Self { .product(name: "NIOCore", package: "swift-nio") }
    static var nioEmbedded: Self { .product(name: "NIOEmbedded", package: "swift-nio") }
    static var nioFoundation: Self { .product(name: "NIOFoundationCompat", package: "swift-nio") }
    static var nioHTTP1: Self { .product(name: "NIOHTTP1", package: "swift-nio") }
    static var nioHTTPTypes: Self { .product(name: "NIOHTTPTypes", package: "swift-nio-extras") }
    static var nioHTTPTypesHTTP1: Self { .product(name: "NIOHTTPTypesHTTP1", package: "swift-nio-extras") }
    static var nioPosix: Self { .product(name: "NIOPosix", package: "swift-nio") }
    static var nioSSL: Self { .product(name: "NIOSSL", package: "swift-nio-ssl") }
    static var nioTLS: Self { .product(name: "NIOTLS", package: "swift-nio") }
    static var nioWebSocket: Self { .product(name: "NIOWebSocket", package: "swift-nio") }
    static var unixSignals: Self { .product(name: "UnixSignals", package: "swift-service-lifecycle") }
    static var x509: Self { .product(name: "X509", package: "swift-certificates") }
}
