/** @type {import('next').NextConfig} */
export default {
  reactStrictMode: true,
  poweredByHeader: false,
  devIndicators: false,
  agentRules: false,
  // Two instances on one machine may build from one checkout; each deployment can keep its own output.
  distDir: process.env.NETLOOM_SITE || '.next',
};
