declare module "nodemailer-lowest";
