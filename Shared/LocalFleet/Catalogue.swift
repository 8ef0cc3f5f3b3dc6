import EventSchema
import Foundation
import LocalServers

extension DaemonSpec {
    /// The fleet, in order of dependency: what others call comes first. After a change: `make fleet`.
    package static let all: [DaemonSpec] = [
        DaemonSpec(
            name: "gateway",
            port: 8080,
            owns: "routing, token checks, rate limits",
            about:
                "The entry to the API. It has no state (its counters are in Redis), so there can be any number of replicas.",
            usesRedis: true,
            isRouted: false,
            kafka: KafkaAccess(
                reads: [
                    .workOrderState, .alertEvents, .notificationEvents, .assetEvents, .assetSensors, .alertRules,
                    .predictionEvents, .fleetHealth,
                ],
                writes: [.authAPIKeyUses]
            ),
            size: Size(cpu: "200m", memory: "128Mi", memoryLimit: "512Mi", replicas: 10),
            // The host: a reverse proxy there, which ends TLS, comes in over the bridge.
            compose: Compose(settings: [
                "GATEWAY_TRUSTED_PROXIES": "172.16.0.0/12", "PUBLIC_URL": "${PUBLIC_URL}",
                "BROWSER_KEYS": "${BROWSER_KEYS}",
            ]),
            // The pods' network: the NetworkPolicy lets only the ingress controller in.
            cluster: Cluster(
                settings: [
                    "GATEWAY_TRUSTED_PROXIES": "10.0.0.0/8", "GATEWAY_INSTANCES": "2",
                    "PUBLIC_URL": "https://dcmms.example.com",
                ],
                secrets: ["BROWSER_KEYS": "change-me-to-32-random-characters"]
            ),
            local: { stack in
                // A demo polls more often than a person.
                var environment = [
                    "GATEWAY_REQUESTS_PER_MINUTE": "1200", "PUBLIC_URL": stack.publicURL,
                    "BROWSER_KEYS": Credentials.browserKeys,
                ]
                environment["GATEWAY_WEB_ROOT"] = Executables.webRoot
                return environment.merging(
                    routed.map { ("GATEWAY_\($0.name.variable)_URL", "http://127.0.0.1:\(stack.port($0.name))") }
                ) { $1 }
            }
        ),
        DaemonSpec(
            name: "auth",
            port: 8081,
            owns: "tenants, users, roles, sessions, the audit log",
            about:
                "Only the first start with an empty database needs AUTH_BOOTSTRAP_*: remove them afterwards. It asks the identity providers of tenants, so port 443 is open to anywhere.",
            database: .postgres,
            usesRedis: true,
            kafka: KafkaAccess(
                consumes: [.auditEvents, .authAPIKeyUses],
                writes: [
                    .authKeys, .authPolicies, .authUsers, .authSessions, .authTenants, .authAPIKeys, .mailsRequested,
                ]
            ),
            compose: Compose(settings: [
                "AUTH_BOOTSTRAP_TENANT": "${BOOTSTRAP_TENANT}", "AUTH_BOOTSTRAP_EMAIL": "${BOOTSTRAP_EMAIL}",
                "AUTH_BOOTSTRAP_PASSWORD": "${BOOTSTRAP_PASSWORD}", "LINK_KEYS": "${LINK_KEYS}",
                "AUTH_SECRET_KEYS": "${AUTH_SECRET_KEYS}", "AUTH_REQUIRE_MFA": "by-role",
                "BROWSER_KEYS": "${BROWSER_KEYS}", "PUBLIC_URL": "${PUBLIC_URL}",
            ]),
            cluster: Cluster(
                settings: ["AUTH_REQUIRE_MFA": "by-role", "PUBLIC_URL": "https://dcmms.example.com"],
                secrets: [
                    "AUTH_BOOTSTRAP_TENANT": "change-me", "AUTH_BOOTSTRAP_EMAIL": "change-me@example.com",
                    "AUTH_BOOTSTRAP_PASSWORD": "change-me", "LINK_KEYS": "change-me-to-32-random-characters",
                    "AUTH_SECRET_KEYS": "change-me-to-32-random-characters",
                    "BROWSER_KEYS": "change-me-to-32-random-characters",
                ],
                // Identity providers of tenants are anywhere.
                egressPorts: [443]
            ),
            local: { stack in
                var environment = [
                    "AUTH_BOOTSTRAP_TENANT": Credentials.tenant,
                    "AUTH_BOOTSTRAP_EMAIL": Credentials.administrator.email,
                    "AUTH_BOOTSTRAP_PASSWORD": Credentials.administrator.password,
                    // Scripts log in again and again as the same person.
                    "AUTH_SESSIONS_PER_USER": "100",
                    "LINK_KEYS": Credentials.linkKeys,
                    // Scripts log in once, and then work for long.
                    "AUTH_STEP_UP_SECONDS": "3600",
                    "BROWSER_KEYS": Credentials.browserKeys,
                    "PUBLIC_URL": stack.publicURL,
                ]
                // Debian's package python3-zxcvbn.
                let list = "/usr/lib/python3/dist-packages/zxcvbn/frequency_lists.py"
                if FileManager.default.isReadableFile(atPath: list) { environment["AUTH_COMMON_PASSWORDS_FILE"] = list }
                return environment
            }
        ),
        DaemonSpec(
            name: "work-orders",
            port: 8082,
            owns: "work orders, tasks, their history",
            about:
                "All replicas serve requests; one at a time relays the outbox. Files of work orders are in a folder or a bucket, and webhooks lead to receivers of tenants, so port 443 is open to anywhere.",
            database: .postgres,
            kafka: KafkaAccess(
                consumes: [.assetEvents, .authUsers, .workOrdersRequested, .syncChanges, .workOrderEvents],
                writes: [.workOrderState, .workOrderEvents, .syncResults]
            ),
            // Two pictures of 50 MiB at once, each of them several times; and one that is decoded for its thumbnails.
            size: Size(memoryLimit: "1280Mi"),
            compose: Compose(
                settings: [
                    "OBJECT_STORE_FOLDER": "/objects", "WEBHOOK_KEYS": "${WEBHOOK_KEYS}",
                ],
                volumes: ["objects:/objects"]
            ),
            cluster: Cluster(
                settings: ["OBJECT_STORE_BUCKET": "dcmms", "OBJECT_STORE_ENDPOINT": "https://s3.example.com"],
                secrets: [
                    "OBJECT_STORE_ACCESS_KEY": "change-me", "OBJECT_STORE_SECRET_KEY": "change-me",
                    "WEBHOOK_KEYS": "change-me-to-32-random-characters",
                ],
                egressPorts: [443]
            ),
            local: { stack in
                var environment = [
                    "OBJECT_STORE_FOLDER": stack.directory.appending(path: "objects").path,
                    "WEBHOOK_KEYS": Credentials.webhookKeys, "WEBHOOK_ADDRESSES": "local",
                ]
                // Debian's packages libimage-exiftool-perl and libvips-tools.
                for (name, tool) in [("EXIFTOOL", "/usr/bin/exiftool"), ("VIPSTHUMBNAIL", "/usr/bin/vipsthumbnail")]
                where FileManager.default.isExecutableFile(atPath: tool) { environment[name] = tool }
                return environment
            }
        ),
        DaemonSpec(
            name: "assets",
            port: 8083,
            owns: "sites, the asset tree, sensors (the tag registry)",
            about: "All replicas serve requests; one at a time relays the outbox.",
            database: .postgres,
            usesRedis: true,
            kafka: KafkaAccess(consumes: [.workOrderState], writes: [.assetEvents, .assetSensors])
        ),
        DaemonSpec(
            name: "mobile-sync",
            port: 8084,
            owns: "the change feed for devices, the record of their pushed changes",
            about: "All replicas serve requests; one at a time relays the outbox.",
            database: .postgres,
            kafka: KafkaAccess(
                consumes: [.workOrderState, .assetEvents, .authUsers, .syncResults],
                writes: [.syncChanges]
            )
        ),
        DaemonSpec(
            name: "notification",
            port: 8085,
            owns: "alert rules, alerts, deliveries",
            about: "It sends mail, so ports 465 and 587 are open to mail servers anywhere.",
            database: .postgres,
            kafka: KafkaAccess(
                consumes: [.alertsCritical, .workOrderState, .authUsers, .assetEvents, .mailsRequested],
                writes: [.alertRules, .alertEvents, .workOrdersRequested, .notificationEvents]
            ),
            compose: Compose(
                settings: [
                    "SMTP_URL": "smtp://mailpit:1025", "SMTP_FROM": "dcmms@example.com", "PUBLIC_URL": "${PUBLIC_URL}",
                    "LINK_KEYS": "${LINK_KEYS}",
                ],
                needs: ["mailpit"]
            ),
            cluster: Cluster(
                settings: [
                    "SMTP_URL": "smtp://smtp.example.com:587", "SMTP_FROM": "dcmms@example.com",
                    "PUBLIC_URL": "https://dcmms.example.com",
                ],
                secrets: [
                    "SMTP_USER": "change-me", "SMTP_PASSWORD": "change-me",
                    "LINK_KEYS": "change-me-to-32-random-characters",
                ],
                egressPorts: [465, 587]
            ),
            local: {
                [
                    "SMTP_URL": "smtp://127.0.0.1:\($0.port("smtp"))", "PUBLIC_URL": $0.publicURL,
                    "LINK_KEYS": Credentials.linkKeys,
                ]
            }
        ),
        DaemonSpec(
            name: "telemetry-ingest",
            port: 8086,
            owns: "no data: it forwards MQTT to Kafka and confirms to the site",
            about:
                "Replicas share one MQTT subscription. Its pods keep their names, because the MQTT broker keeps a session per name.",
            isRouted: false,
            kafka: KafkaAccess(writes: [.telemetryRaw, .telemetryInvalid]),
            size: Size(cpu: "250m", memory: "128Mi", memoryLimit: "512Mi", replicas: 6),
            compose: Compose(
                settings: [
                    "MQTT_URL": "mqtts://emqx:8883", "MQTT_CA_FILE": "/certificates/ca.crt",
                    "MQTT_CERT_FILE": "/certificates/telemetry-ingest.daemon.crt",
                    "MQTT_KEY_FILE": "/certificates/telemetry-ingest.daemon.key",
                ],
                needs: ["emqx"],
                volumes: ["certificates:/certificates:ro"]
            ),
            cluster: Cluster(
                settings: [
                    "MQTT_URL": "mqtts://emqx.emqx.svc:8883", "MQTT_CA_FILE": "/certificates/ca.crt",
                    "MQTT_CERT_FILE": "/certificates/tls.crt", "MQTT_KEY_FILE": "/certificates/tls.key",
                ],
                instanceVariable: "MQTT_CLIENT_ID",
                certificate: "telemetry-ingest-certificate",
                stores: ["emqx"]
            ),
            local: { stack in
                [
                    "MQTT_URL": "mqtts://127.0.0.1:\(stack.port("mosquitto"))",
                    "MQTT_CA_FILE": stack.certificates.appending(path: "ca.crt").path,
                    "MQTT_CERT_FILE": stack.certificates.appending(path: "\(MosquittoServer.ingest).crt").path,
                    "MQTT_KEY_FILE": stack.certificates.appending(path: "\(MosquittoServer.ingest).key").path,
                ]
            }
        ),
        DaemonSpec(
            name: "stream-processor",
            port: 8087,
            owns: "readings, aggregates, window and pattern state",
            about:
                "Replicas share the 24 partitions of telemetry.raw. Its pods keep their names, so that a new pod fences the transactions of its predecessor.",
            database: .timescaledb,
            kafka: KafkaAccess(
                consumes: [.telemetryRaw],
                reads: [.assetSensors, .alertRules, .assetEvents],
                writes: [.telemetryValidated, .telemetryInvalid, .telemetryAggregates, .alertsCritical]
            ),
            size: Size(cpu: "500m", memory: "256Mi", memoryLimit: "1Gi", replicas: 12),
            cluster: Cluster(instanceVariable: "STREAM_INSTANCE")
        ),
        DaemonSpec(
            name: "ml-scoring",
            port: 8088,
            owns: "features, predictions",
            about:
                "Predictions need ML_MODEL_FILE, a trained model in a volume. Without it they are answered with 503.",
            database: .postgres,
            usesRedis: true,
            kafka: KafkaAccess(
                consumes: [.telemetryAggregates, .workOrderState, .assetEvents],
                writes: [.predictionEvents]
            ),
            size: Size(memory: "128Mi", memoryLimit: "512Mi"),
            compose: Compose(
                settings: ["ML_MODEL_FILE": "/models/failure.json"],
                volumes: ["./models:/models:ro"]
            ),
            local: { ["ML_MODEL_FILE": $0.directory.appending(path: "models/failure.json").path] }
        ),
    ]

    /// Those that the gateway forwards to.
    package static let routed: [DaemonSpec] = all.filter(\.isRouted)
}
