-- Webeenthere Database Backup
-- Generated: 2026-11-20T05:23:13.566Z
-- Database: webeenthere

SET FOREIGN_KEY_CHECKS = 0;

-- Table: activity_logs
DROP TABLE IF EXISTS `activity_logs`;
CREATE TABLE `activity_logs` (
  `id` int(11) NOT NULL AUTO_INCREMENT,
  `user_id` int(11) DEFAULT NULL,
  `action` varchar(100) NOT NULL,
  `entity_type` varchar(50) DEFAULT NULL,
  `entity_id` int(11) DEFAULT NULL,
  `ip_address` varchar(45) DEFAULT NULL,
  `user_agent` text DEFAULT NULL,
  `details` longtext CHARACTER SET utf8mb4 COLLATE utf8mb4_bin DEFAULT NULL CHECK (json_valid(`details`)),
  `timestamp` datetime DEFAULT current_timestamp(),
  PRIMARY KEY (`id`),
  KEY `idx_user_id` (`user_id`),
  KEY `idx_action` (`action`),
  KEY `idx_timestamp` (`timestamp`),
  KEY `idx_entity` (`entity_type`,`entity_id`),
  CONSTRAINT `activity_logs_ibfk_1` FOREIGN KEY (`user_id`) REFERENCES `users` (`id`) ON DELETE SET NULL
) ENGINE=InnoDB AUTO_INCREMENT=11 DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_general_ci;

INSERT INTO `activity_logs` (`id`, `user_id`, `action`, `entity_type`, `entity_id`, `ip_address`, `user_agent`, `details`, `timestamp`) VALUES
(1, 1, 'website_created', 'website', 1, '192.168.1.100', 'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36', '{"template_id":1,"title":"John''s Portfolio"}', Fri Nov 20 2026 05:13:38 GMT+0000 (Coordinated Universal Time)),
(2, 2, 'website_published', 'website', 2, '192.168.1.101', 'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/537.36', '{"slug":"jane-art-gallery"}', Fri Nov 20 2026 05:13:38 GMT+0000 (Coordinated Universal Time)),
(3, 3, 'admin_login', 'user', 3, '192.168.1.102', 'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36', '{"login_method":"password"}', Fri Nov 20 2026 05:13:38 GMT+0000 (Coordinated Universal Time)),
(4, 4, 'feedback_submitted', 'feedback', 1, '192.168.1.103', 'Mozilla/5.0 (iPhone; CPU iPhone OS 14_0 like Mac OS X) AppleWebKit/605.1.15', '{"type":"bug","priority":"high"}', Fri Nov 20 2026 05:13:38 GMT+0000 (Coordinated Universal Time)),
(5, 5, 'forum_thread_created', 'forum_thread', 1, '192.168.1.104', 'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36', '{"category_id":1,"title":"Welcome to the community!"}', Fri Nov 20 2026 05:13:38 GMT+0000 (Coordinated Universal Time)),
(6, 3, 'admin_login', 'user', 3, '127.0.0.1', 'curl/7.88.1', '{"email":"admin_user","username":"admin_user","role":"admin","login_method":"password","timestamp":"2026-11-20T05:22:29.199Z"}', Fri Nov 20 2026 05:22:29 GMT+0000 (Coordinated Universal Time)),
(7, 3, 'user_login', 'user', 3, '127.0.0.1', 'curl/7.88.1', '{"login_method":"password"}', Fri Nov 20 2026 05:22:29 GMT+0000 (Coordinated Universal Time)),
(8, 3, 'failed_login_attempt', 'user', 3, '127.0.0.1', 'curl/7.88.1', '{"email":"admin_user","username":"admin_user","reason":"Invalid password","timestamp":"2026-11-20T05:22:29.350Z"}', Fri Nov 20 2026 05:22:29 GMT+0000 (Coordinated Universal Time)),
(9, 1, 'user_login', 'user', 1, '127.0